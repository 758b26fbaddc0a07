from datetime import date

import pytest

from rules.compiler import compile_rules
from rules.fold import fold, fold_wording
from rules.model import QueryRule, RuleSet


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("PUTIN", "putin"),
        ("Pedro Sánchez", "pedro sanchez"),
        ("Radosław Sikorski", "radoslaw sikorski"),
        ("Mette Frederiksen på Ørland, Đorđe, Straße, ﬁnal", "mette frederiksen pa orland, dorde, strasse, final"),
        ("Türkiye İstanbul ılık", "turkiye istanbul ilik"),
        ("Ukraine’s “cease‑fire” – now", 'ukraine\'s "cease-fire" - now'),
        ("«l'Ukraine»", '"l\'ukraine"'),
        ("Donald\u00a0Trump\u202fsaid", "donald trump said"),
        ("Zel\u00adens\u200bky\ufeff", "zelensky"),
        ("Зеленський й", "зеленський й"),
        ("й", "й"),
        ("за\u0301мок", "замок"),
        ("Sa\u0301nchez", "sanchez"),
        ("Ｕｋｒａｉｎｅ", "ukraine"),
        ("a  b\tc\nd", "a b c d"),
        ("one\n\ntwo", "one\ntwo"),
        ("one \r\n \r\n two", "one\ntwo"),
        ("", ""),
        ("\u0301", ""),
        ("中文 한국 हिन्दी", "中文 한국 हिन्दी"),
    ],
)
def test_folds(written: str, folded: str) -> None:
    assert fold(written).text == folded


@pytest.mark.parametrize(
    ("text", "looked_for", "surface"),
    [
        ("so Sa\u0301nchez’s view", "sanchez", "Sa\u0301nchez"),
        ("on Zel\u00aden\u200bsky.", "zelensky", "Zel\u00aden\u200bsky"),
        ("Die Straße!", "strasse", "Straße"),
        ("by  Donald \n Trump", "donald trump", "Donald \n Trump"),
        ("ﬁnal", "fin", "ﬁn"),
        ("ﬁnal", "f", "ﬁ"),
    ],
)
def test_finds_the_way_back(text: str, looked_for: str, surface: str) -> None:
    folded = fold(text)
    at = folded.text.index(looked_for)
    start, end = folded.span(at, at + len(looked_for))
    assert text[start:end] == surface


def test_a_wording_is_one_line() -> None:
    assert fold_wording("  Ursula\n\nvon  der\tLeyen ") == "ursula von der leyen"


def test_half_a_character_of_utf16_stands_for_itself_and_breaks_nothing() -> None:
    text = "The \ud800tram\udfff, and TRAMS"
    assert fold(text).text == "the \ufffdtram\ufffd, and trams"
    rules = compile_rules(RuleSet(queries={"q": QueryRule("q", "Q", "tram")}))
    assert [text[m.start : m.end] for m in rules.match({"text": text}, date(2025, 1, 1))] == ["tram", "TRAMS"]
