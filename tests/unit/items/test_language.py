"""The language of an item: short titles, wrong declarations, and what cannot be told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.items.language import UNDETERMINED, detect

NOW = datetime(2025, 6, 1, tzinfo=UTC)

# Invented, and written down before the detector had seen any of them.
TITLES = [
    ("en", "Harbour master resigns after storm"), ("en", "Talks on grain exports resume in Geneva"),
    ("en", "Why the bridge will not be built"), ("en", "Three rescued as ferry runs aground"),
    ("de", "Bürgermeisterin will die Brücke doch bauen"), ("de", "Streit um neue Fähre geht weiter"),
    ("de", "Kanzler trifft Amtskollegen in Warschau"), ("de", "Mehr Geld für Deiche gefordert"),
    ("fr", "Le maire renonce à son projet de tramway"), ("fr", "Grève des dockers : les ports paralysés"),
    ("fr", "Pourquoi la ministre a changé d'avis"), ("es", "El alcalde rechaza la ampliación del puerto"),
    ("es", "Cinco heridos tras el choque de dos trenes"), ("it", "Il sindaco dice no al nuovo stadio"),
    ("it", "Sciopero dei treni, disagi in tutta la regione"), ("pt", "Prefeito desiste de construir nova ponte"),
    ("pt", "Governo português aprova apoio às pescas"), ("nl", "Burgemeester wil toch geen nieuwe brug"),
    ("nl", "Kabinet trekt extra geld uit voor dijken"), ("pl", "Premier zapowiada zmiany w ustawie o portach"),
    ("pl", "Strajk kolejarzy sparaliżował północ kraju"), ("cs", "Vláda schválila podporu pro menší přístavy"),
    ("sk", "Ministerka odmietla návrh na výstavbu mosta"), ("hu", "A polgármester mégsem építi meg a hidat"),
    ("ro", "Primarul renunță la construirea podului"), ("sv", "Regeringen säger nej till ny hamn"),
    ("da", "Borgmesteren vil alligevel ikke bygge broen"), ("no", "Statsministeren vil ikke bygge ny havn"),
    ("fi", "Hallitus hylkäsi esityksen uudesta satamasta"), ("et", "Valitsus ei toeta uue sadama ehitamist"),
    ("lv", "Valdība noraida jaunas ostas būvniecību"), ("lt", "Vyriausybė nepritaria naujo uosto statybai"),
    ("tr", "Belediye başkanı köprü projesinden vazgeçti"), ("el", "Ο δήμαρχος απορρίπτει τη νέα γέφυρα"),
    ("ru", "Мэр отказался от строительства моста"), ("ru", "В порту начались переговоры о зерне"),
    ("uk", "Мер відмовився від будівництва мосту"), ("uk", "У порту розпочалися переговори щодо зерна"),
    ("bg", "Кметът се отказа от строежа на моста"), ("ar", "رئيس البلدية يرفض بناء الجسر الجديد"),
    ("fa", "شهردار با ساخت پل جدید مخالفت کرد"), ("he", "ראש העיר מתנגד לבניית הגשר החדש"),
    ("hi", "महापौर ने नए पुल का विरोध किया"), ("ja", "市長は新しい橋の建設に反対した"),
    ("ko", "시장은 새 다리 건설에 반대했다"), ("zh", "市长反对修建新大桥"),
    ("ka", "მერი ახალი ხიდის მშენებლობის წინააღმდეგია"), ("ca", "L'alcalde rebutja ampliar el port"),
]  # fmt: skip


def test_short_titles_of_forty_eight_wires_are_told_and_seldom_mistaken() -> None:
    """Without text and without a declaration: named rightly nearly always; a guess is not given out as knowledge."""
    told = {title: detect(title, "") for _, title in TITLES}
    right = sum(told[title] == lang for lang, title in TITLES)
    wrong = {title: told[title] for lang, title in TITLES if told[title] not in (lang, UNDETERMINED)}
    assert len(wrong) <= 1, wrong
    assert right >= 0.9 * len(TITLES), {t: told[t] for lang, t in TITLES if told[t] != lang}


@pytest.mark.parametrize(
    ("declared", "title", "text", "told"),
    [
        ("en-US", "Bürgermeisterin will die Brücke doch bauen", "Sie sagte am Montag, das Geld sei da.", "de"),
        ("de", "Lufthansa-Streik", "", "de"),
        ("en", "Broken Back", "", "en"),
        ("nb-NO", "Statsministeren vil ikke bygge ny havn", "", "no"),
        ("lb", "ABC 123", "", "lb"),
        ("fr", "", "", "fr"),
        ("fr", "2025: 10-1", "+++", "fr"),
        (None, "2025: 10-1", "+++", UNDETERMINED),
        (None, "", "", UNDETERMINED),
        (None, "Zx", "", UNDETERMINED),
        ("und", "Zx", "", UNDETERMINED),
        ("nonsense!", "Zx", "", UNDETERMINED),
    ],
)
def test_what_the_feed_declares_is_a_prior_and_no_verdict(
    declared: str | None, title: str, text: str, told: str
) -> None:
    assert detect(title, text, declared) == told


def test_the_text_helps_where_the_title_is_names_only() -> None:
    assert detect("Holm, Berg", "") == UNDETERMINED
    assert detect("Holm, Berg", "Astrid Holm och Sten Berg möts på måndagen för att tala om hamnen.") == "sv"


@pytest.mark.parametrize("odd", ["\x00", "\ud800 abc", "🎉" * 500, "a" * 100_000, "\u202e\u200f"])
def test_odd_text_never_raises(odd: str) -> None:
    assert detect(odd, odd, None)
