"""What is glued to an article is told by its form, and true paragraphs stay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.item import Item
from monitor.positions.explain import explain
from monitor.positions.furniture import (
    ADVERTISEMENT,
    ELSEWHERE,
    MENU,
    NOTICE,
    REPEATED,
    folded_line,
    furniture,
    region_at,
    repeated_lines,
)
from tests.unit.positions.reader import compiled, extractor, item, read

SHARED = Path(__file__).parents[4] / "shared"

ARTICLE = "The minister spoke on Monday.\nShe said that the harbour stays open."

GLUED = [
    ("used cars", "Saloon, one owner, 4,900 €\nVan with towbar 7.250 €\nTrailer 380 €", ADVERTISEMENT),
    ("prices before the amount", "Two-bed flat £950 pcm\nStudio near park £640 pcm\nGarage £85 pcm", ADVERTISEMENT),
    ("telephones", "Piano 06 11 22 33 44\nGarden work tel. 01 99 88 77 66\nMoves 07 55 44 33 22", ADVERTISEMENT),
    ("postcodes", "House with garden Oldtown 20095\nBarn Newfield 28195\nLoft Quayside 24103", ADVERTISEMENT),
    ("addresses of pages", "Flights www.example.org\nLoans http://example.com\nhello@example.net", ADVERTISEMENT),
    ("all in one line", "Boat 90€ a day, Nordby 24103Kayak 25€ a day Southport 28195 bike 9 € a day", ADVERTISEMENT),
    ("read also", "Read also: Minister resigns over troops for Ukraine", ELSEWHERE),
    ("German", "Lesen Sie auch: Minister lehnt Truppen für die Ukraine ab", ELSEWHERE),
    ("French", "» À lire aussi : Le ministre refuse les troupes", ELSEWHERE),
    ("Russian", "Читайте также: Министр против отправки войск", ELSEWHERE),
    ("a list under a label", "Most read\nFrance rejects troops for Ukraine\nItaly backs troops for Ukraine", ELSEWHERE),
    ("a menu", "Home\nWorld\nSport\nWeather\nLog in\nContact us\nJobs", MENU),
    ("a notice", "Subscribe to our newsletter and never miss a story.", NOTICE),
    ("an engine's foot", "The post Minister opens harbour appeared first on Harbour News.", NOTICE),
]  # fmt: skip

TRUE = [
    ("money in a sentence", "The government pledged €120, then €240 and at last €360 to each of 12500 families."),
    ("amounts in headings", "EU agrees €90bn loan\nUS halts $1bn in aid\nUK adds £3 billion\nSo it was agreed."),
    ("a heading after a paragraph", "A Fragile Peace\nThe ceasefire holds for now."),
    ("headings one after the other", "Outcomes\nNo Immediate Resolutions\nThe summit ended without a text."),
    ("a short list after a colon", "Who would send troops:\nFrance\nUK\nNorland\nDenmark\nSweden\nEstonia\nLatvia"),
    ("an advertisement's label before a heading", "Scholz rules out troops\nHe said so on Monday."),
    ("related as a word", "Related talks were held in Jeddah on Tuesday, the ministry said."),
    ("watch as a verb", "Watch the Baltic, the admiral said: it is where he expects trouble."),
    ("a number to call in prose", "Callers to +44 20 7946 0000 were told on Monday that the embassy opposes the plan."),
    ("no full stop at the end", "The minister said that she opposes sending troops, whatever others may decide later"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "why"), [row[1:] for row in GLUED], ids=[row[0] for row in GLUED])
def test_what_is_glued_on_is_a_region_and_the_article_is_none(text: str, why: str) -> None:
    whole = f"{ARTICLE}\n{text}"
    found = furniture(whole)
    assert [(whole[r.start : r.end], r.why) for r in found] == [(text, why)]


@pytest.mark.parametrize("text", [row[1] for row in TRUE], ids=[row[0] for row in TRUE])
def test_true_paragraphs_stay(text: str) -> None:
    assert furniture(f"{ARTICLE}\n{text}") == ()
    assert furniture(text) == ()


def test_a_label_over_a_heading_takes_only_itself() -> None:
    text = f"{ARTICLE}\nAdvertisement\nScholz rules out troops\nHe said so on Monday."
    assert [text[r.start : r.end] for r in furniture(text)] == ["Advertisement"]


@given(st.text(alphabet=st.sampled_from("aB. \n€9:+@,“”—é中"), max_size=300))
def test_regions_are_ordered_apart_and_within_the_text(text: str) -> None:
    regions = furniture(text)
    ends = [0, *(edge for r in regions for edge in (r.start, r.end)), len(text)]
    assert ends == sorted(ends)
    assert all(
        region_at(regions, r.start, r.start + 1) == r and region_at(regions, r.end - 1, r.end) == r for r in regions
    )


def test_lines_that_a_feed_repeats_are_found_and_a_shared_background_is_not() -> None:
    foot = "The Harbour Times is independent and lives on gifts; edition {n} of this year"
    background = "The harbour was closed in 2019 after a storm had torn away the western mole."
    texts = [f"{name} was in the harbour to-day.\n{foot.format(n=n)}" for n, name in enumerate(ALL_ITS_OWN)]
    texts[0] += "\n" + background
    texts[1] += "\n" + background
    repeated = repeated_lines(texts)
    assert repeated == {folded_line(foot.format(n=3))}
    text = f"{ARTICLE}\n{foot.format(n=99)}"
    assert [(text[r.start : r.end], r.why) for r in furniture(text, repeated)] == [(foot.format(n=99), REPEATED)]
    assert repeated_lines(texts[:3]) == frozenset(), "three items prove nothing"


ALL_ITS_OWN = ["Anna", "Bert", "Carl", "Dora", "Emil", "Frida", "Gustav", "Hilda", "Ivar", "Judith"]
TELLING = "Emmanuel Macron supports sending European troops to Ukraine"


def test_nothing_in_a_region_becomes_evidence_and_the_explanation_says_why() -> None:
    assert read(f"{TELLING}.").statements, "the row must tell something when it is the article"
    text = f"{ARTICLE}\nRead also: {TELLING}"
    of_it: Item = item(text)
    reading = read(text)
    assert reading.statements == ()
    matches = compiled().match(of_it.fields, of_it.day, of_it.lang)
    explained = explain(of_it, matches, extractor().read(of_it, matches, compiled().rules))
    assert explained.sentences[-1].nothing == ELSEWHERE


def test_no_statement_of_the_gold_files_lies_in_a_region() -> None:
    if not SHARED.is_dir():
        pytest.skip("the evaluation files are no part of a checkout")
    texts = {file.stem: file.read_text(encoding="utf-8") for file in (SHARED / "seeds").glob("*.txt")}
    lines = (SHARED / "eval" / "news-dev.jsonl").read_text(encoding="utf-8").splitlines()
    texts |= {row["id"]: row["text"] for row in map(json.loads, lines)}
    checked = 0
    for name in ("seeds-gold.jsonl", "news-dev-gold.jsonl"):
        for gold in map(json.loads, (SHARED / "eval" / name).read_text(encoding="utf-8").splitlines()):
            text, words = texts[gold["doc"]], gold["evidence"]
            start = text.find(words)
            if start >= 0:
                checked += 1
                assert region_at(furniture(text), start, start + len(words)) is None, words
    assert checked > 200


def test_the_advertisements_behind_the_first_seed_document_are_a_region_to_its_end() -> None:
    if not SHARED.is_dir():
        pytest.skip("the seed documents are no part of a checkout")
    first = min((SHARED / "seeds").glob("*.txt")).read_text(encoding="utf-8")
    (region,) = furniture(first)
    assert (region.end, region.why) == (len(first.rstrip()), ADVERTISEMENT)
    assert first[: region.start].rstrip()[-1] == "."


def test_of_five_thousand_true_paragraphs_none_is_cut() -> None:
    file = SHARED / "news" / "current-events-2025.jsonl"
    if not file.is_file():
        pytest.skip("the news of 2025 is no part of a checkout")
    texts = [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(texts) > 5_000
    assert [t for t in texts if furniture(t)] == []
