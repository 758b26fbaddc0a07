"""How well languages are told on the short titles of the captured feeds; `pytest -s` prints the table.

The languages of the feeds were established by reading them. Feeds without titles, of one entry in mixed languages, or
of share names only (finanzen.net, Catalan and Spanish mixed) are left out.
"""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import pytest

from monitor.feeds.parse import parse_document
from monitor.items.language import UNDETERMINED, detect

FEEDS = Path(__file__).parents[2].parent / "shared" / "feeds" / "news"
WRITTEN_IN = {
    "de": "AtomYoutubeInvestmentPunk Rss091Stadtfeuerwehr Rss10OrfAt Rss20ContentWindCom Rss20DaStandardAt"
    " Rss20DerBrutkasten Rss20FazNet Rss20JungeGruender Rss20Spiegel Rss20TrendingTopics",
    "en": "AtomBattleNet AtomTheVerge Rss20BreakingNews Rss20CTVNews Rss20CodeHollowCom Rss20FeedWebResourceSample"
    " Rss20HubSpot Rss20IndianExpress Rss20JapanTimes Rss20JapanToday Rss20MicrosoftBotFranework Rss20MoscowTimes"
    " Rss20NYTimes Rss20Reuters Rss20TheMirror Rss20ThomasMaurer",
    "fr": "Rss20LeFigaro Rss20LeFil Rss20LeMonde Rss20LeParisien",
    "it": "Rss20RomaNews Rss20RomaToday",
    "ru": "Rss20CityDog Rss20YandexRussia",
    "es": "Rss10Minutos20",
    "sv": "Rss20ISO88591Intranet30",
    "pt": "Rss20MassaNews",
    "af": "Rss20NuusInAfrikaans",
}


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    z, share = 1.96, right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return middle - half, middle + half


@pytest.mark.parametrize(
    ("what", "with_text", "with_declaration", "least_right", "most_wrong"),
    [
        ("title only", False, False, 0.88, 0.005),
        ("title, feed's declaration", False, True, 0.97, 0.005),
        ("title and text", True, False, 0.975, 0.005),
        ("title, text, declaration", True, True, 0.99, 0.005),
    ],
)
def test_titles_of_captured_feeds(
    what: str, with_text: bool, with_declaration: bool, least_right: float, most_wrong: float
) -> None:
    if not FEEDS.is_dir():
        pytest.skip("the captured feeds are no part of a checkout")
    right, all_of, wrong = Counter[str](), Counter[str](), list[str]()
    for lang, names in WRITTEN_IN.items():
        for name in names.split():
            parsed = parse_document((FEEDS / f"{name}.xml").read_bytes(), None, None)
            for title, entry in {e.title: e for e in parsed.entries if e.title}.items():
                told = detect(title, entry.text if with_text else "", parsed.lang if with_declaration else None)
                all_of[lang] += 1
                right[lang] += told == lang
                if told not in (lang, UNDETERMINED):
                    wrong.append(f"{name}: {title!r} is not {told}")
    low, high = wilson(right.total(), all_of.total())
    shares = " ".join(f"{lang} {right[lang]}/{n}" for lang, n in all_of.most_common())
    print(f"\n{what}: {right.total()}/{all_of.total()} [{low:.3f}, {high:.3f}], wrong {len(wrong)}; {shares}")
    assert all_of.total() > 1_000
    assert low >= least_right
    assert len(wrong) <= most_wrong * all_of.total(), wrong
