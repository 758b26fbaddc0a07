"""What readers are told of a language: that it is not read, or read with low accuracy; and that it counts for less."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from monitor.model.share import wilson
from monitor.positions.explain import NOT_READ, explain
from monitor.positions.grammar.language import LANGUAGES, LanguageInvalid, load_language
from monitor.positions.grammar.traits import Accuracy, ReadAs, told
from monitor.positions.read import read_item
from monitor.positions.read_as import caution, poorly_read
from rules.model import RuleKind
from tests.unit.positions.languages.test_language_rows import seeds
from tests.unit.positions.reader import extractor, item


def test_the_counts_decide_what_is_told() -> None:
    assert told(20, 25) is ReadAs.LOW
    assert told(37, 42) is ReadAs.FAIR
    assert told(95, 100) is ReadAs.GOOD
    assert told(0, 0) is ReadAs.LOW
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_a_language_that_is_read_poorly_says_so_and_one_without_a_folder_that_it_is_not_read() -> None:
    assert caution("de").startswith("German is read with low accuracy: of ")
    assert poorly_read("de-AT") == "German"
    assert caution("en") == caution(None) == caution("und") == poorly_read("en") == ""
    assert caution("nl").startswith("Not read: language nl.")
    assert poorly_read("nl") == ""


def test_statements_in_a_language_read_poorly_are_no_surer_than_what_was_measured() -> None:
    reading = read_item(item("Il Cremlino respinge una tregua in Ucraina.", lang="it"), seeds(), extractor())
    ceiling = load_language("it").traits.accuracy.ceiling
    assert [s.confidence for s in reading.statements] == [pytest.approx(ceiling, abs=0.006)]
    assert reading.trace[0].outcome == "caution"


def test_an_item_in_a_language_without_a_folder_is_matched_and_says_that_it_was_not_read() -> None:
    text = item(
        "Het Kremlin wijst een vredesplan voor Oekraïne van de hand, zei Mark Rutte. Ukraine: cease-fire.", lang="nl"
    )
    matches = seeds().match(text.fields, text.day, text.lang)
    assert {m.rule for m in matches if m.kind is RuleKind.ACTOR} >= {"mark-rutte", "russia"}
    reading = read_item(text, seeds(), extractor())
    assert reading.statements == ()
    found = explain(text, matches, reading)
    assert found.notes == ("language nl not read; statements are read in de, en, es, fr, it",)
    assert any(sentence.nothing == NOT_READ for sentence in found.sentences)


def test_a_caution_does_not_make_sentences_unread() -> None:
    text = item("Über die Sanktionen gegen Russland wurde gesprochen.", lang="de")
    matches = seeds().match(text.fields, text.day, text.lang)
    found = explain(text, matches, read_item(text, seeds(), extractor()))
    assert [note.startswith("German is read with low accuracy") for note in found.notes] == [True]
    assert all(sentence.nothing != NOT_READ for sentence in found.sentences)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("accuracy: {right: 20, statements: 25, read_as: good}", "accuracy: read_as: the counts make it 'low'"),
        ("accuracy: {right: 26, statements: 25}", "accuracy: right: more than were read"),
        ("accuracy: {conditional: [1, 2]}", "accuracy: conditional: write [right, read, to be read]"),
        ("accuracy: {right: viele}", "accuracy: right: write how many"),
        ("order: {verb_second: vielleicht}", "order: verb_second: write true or false"),
        ("order: {verb_third: true}", "order: unknown key 'verb_third'"),
        ("writing: {quotes: [„]}", "writing: quotes: write pairs of marks"),
        ("writing: {accents: some, quotes: []}", "writing: accents: write 'keep' or 'drop'"),
        ("endings: {adverb: ly}", "endings: adverb: write a list of words"),
    ],
)
def test_what_is_wrong_with_a_trait_is_named(tmp_path: Path, line: str, problem: str) -> None:
    shutil.copytree(LANGUAGES / "de", tmp_path / "de")
    file = tmp_path / "de" / "language.yaml"
    key = line.partition(":")[0]
    kept, skip = [], False
    for old in file.read_text(encoding="utf-8").splitlines():
        skip = old.startswith(f"{key}:") or (skip and old.startswith(" "))
        if not skip:
            kept.append(old)
    file.write_text("\n".join([*kept, line]) + "\n", encoding="utf-8")
    with pytest.raises(LanguageInvalid) as caught:
        load_language("de", tmp_path)
    assert f"languages/de/language.yaml: {problem}" in str(caught.value)


def test_a_tilde_before_what_has_no_forms_is_refused(tmp_path: Path) -> None:
    shutil.copytree(LANGUAGES / "de", tmp_path / "de")
    stance = tmp_path / "de" / "stance.yaml"
    stance.write_text(
        stance.read_text(encoding="utf-8").replace("support: [", "support: [~in kauf nehmen, "), encoding="utf-8"
    )
    with pytest.raises(LanguageInvalid, match="no rule gives forms of 'in'"):
        load_language("de", tmp_path)


def test_the_ceiling_is_the_middle_of_the_interval() -> None:
    low, high = wilson(21, 25)
    assert Accuracy(right=21, statements=25).ceiling == pytest.approx((low + high) / 2)
    assert Accuracy().ceiling == pytest.approx(0.5)
