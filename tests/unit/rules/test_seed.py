"""The seed pack is sound, and covers what the evaluation material names."""

from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from rules.compiler import compile_rules
from rules.loader import check_packs, load_packs

CATALOGUE = Path(__file__).parents[3].parent / "shared" / "eval" / "catalogue.yaml"


def test_loads_without_a_problem() -> None:
    assert [str(problem) for problem in check_packs()] == []


def test_names_who_holds_an_office_on_the_day() -> None:
    rules = compile_rules(load_packs())
    for on, holder in ((date(2025, 2, 17), "olaf-scholz"), (date(2024, 6, 1), "olaf-scholz")):
        found = rules.match({"text": "The German Chancellor spoke."}, on, "en")
        assert holder in {match.rule for match in found}


@pytest.mark.skipif(not CATALOGUE.exists(), reason="needs ../shared/eval/catalogue.yaml beside the checkout")
def test_covers_the_catalogue() -> None:
    catalogue = YAML(typ="safe", pure=True).load(CATALOGUE.read_text(encoding="utf-8"))
    rules = load_packs()
    assert set(catalogue["actors"]) <= set(rules.actors)
    assert set(catalogue["issues"]) <= set(rules.issues)
    for identity, facts in catalogue["actors"].items():
        actor = rules.actors[identity]
        assert (identity, actor.kind.value, actor.member_of) == (identity, facts["kind"], facts.get("in"))
