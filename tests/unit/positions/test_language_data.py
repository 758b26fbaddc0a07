"""The folders of languages: what they hold is checked, and every problem is named at once."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.positions.grammar.inflection import Inflection
from monitor.positions.grammar.language import LANGUAGES, LanguageInvalid, available, load_language
from tests.unit.positions.reader import read


@pytest.mark.parametrize("code", available())
def test_every_language_that_ships_can_be_loaded(code: str) -> None:
    assert load_language(code).code == code


def test_all_problems_are_named_with_file_key_and_remedy(tmp_path: Path) -> None:
    shutil.copytree(LANGUAGES / "en", tmp_path / "xx")
    stance = tmp_path / "xx" / "stance.yaml"
    stance.write_text(stance.read_text(encoding="utf-8") + "\nsuport: [back]\n", encoding="utf-8")
    speech = tmp_path / "xx" / "speech.yaml"
    speech.write_text(
        speech.read_text(encoding="utf-8").replace("\nguess:\n", "\nguess:\n  - false\n  - … of\n"), encoding="utf-8"
    )
    (tmp_path / "xx" / "structure.yaml").unlink()
    with pytest.raises(LanguageInvalid) as caught:
        load_language("xx", tmp_path)
    message = str(caught.value)
    assert "languages/xx/stance.yaml: unknown key 'suport'" in message
    assert "languages/xx/speech.yaml: guess: False is not a wording" in message
    assert "begins or ends with a gap" in message
    assert "languages/xx/structure.yaml: is missing" in message


def test_forms_follow_the_rules_of_the_language() -> None:
    inflection = Inflection.parse(
        [{"ends": ["e"], "cut": 0, "add": ["s", "d"], "also": {"cut": 1, "add": ["ing"]}}],
        {"say": ["says", "said"]},
        [],
    )
    assert inflection.forms("back") == ("back",)
    assert inflection.forms("propose") == ("propose", "proposes", "proposed", "proposing")
    assert inflection.forms("say") == ("say", "says", "said")


def test_an_item_in_a_language_without_data_says_that_it_was_not_read() -> None:
    reading = read("Macron soutient l'envoi de troupes en Ukraine.", lang="zz")
    assert reading.statements == ()
    assert [step.why for step in reading.trace] == [
        f"language zz not read; statements are read in {', '.join(available())}"
    ]


def test_an_item_of_unknown_language_is_read_as_english() -> None:
    assert read("Macron backs sending troops to Ukraine.", lang=None).statements


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("In 2019 Petr Fiala said that military aid to Ukraine must continue.", "2019-01-01"),
        ("In March 2022, Petr Fiala backed military aid to Ukraine.", "2022-03-01"),
        ("Petr Fiala said on Tuesday that military aid to Ukraine must continue.", "2025-02-25"),
        ("Petr Fiala said on February 20 that military aid to Ukraine must continue.", "2025-02-20"),
        ("Petr Fiala said on 20 February that military aid to Ukraine must continue.", "2025-02-20"),
        ("Last year Petr Fiala backed military aid to Ukraine.", "2024-03-01"),
        ("Petr Fiala said two years ago that military aid to Ukraine must continue.", "2023-03-02"),
        ("Petr Fiala said that military aid to Ukraine must continue.", "2025-03-01"),
        ("Petr Fiala backs military aid to Ukraine, invaded in 2022.", "2025-03-01"),
        ("Petr Fiala backs military aid to Ukraine until 31 December.", "2025-03-01"),
        ("Petr Fiala said that Ukraine, attacked in 2014, needs military aid.", "2025-03-01"),
        ("Petr Fiala said on Saturday that military aid to Ukraine must continue.", "2025-03-01"),
        ("In 2030 Petr Fiala will support Ukraine.", "2025-03-01"),
        ("On 4 February, Petr Fiala backed military aid to Ukraine.", "2025-02-04"),
        ("A month ago Petr Fiala backed military aid to Ukraine.", "2025-01-30"),
        ("Petr Fiala backs military aid to Ukraine worth 2019 crowns.", "2025-03-01"),
    ],
)
def test_when_it_was_said(text: str, day: str) -> None:
    found = {s.said_at.date() for s in read(text).statements if s.holder == "petr-fiala"}
    assert found == {datetime.fromisoformat(day).replace(tzinfo=UTC).date()}
