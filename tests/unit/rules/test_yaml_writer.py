"""Rules written back into the files of a pack, as `volteface rules export` does."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import rules
from rules.loader import load_packs
from rules.model import (
    ActorKind,
    ActorRule,
    AnyRule,
    Example,
    ExampleStance,
    IssueRule,
    Office,
    QueryRule,
    RuleKind,
    RuleSet,
)
from rules.yaml_writer import Key, write_pack
from tests.unit.rules.conftest import PackMaker

CITY = """\
# The city.

- id: doe   # the mayor
  name: Jane Doe
  # what the press calls her
  kind: person
  aliases:
    # nickname
    - "Mayor Doe"   # most used
    - Janie # to go
    # last one
    - JD
  offices: [{title: Mayor, from: 2024-01-01}] # until the vote

# Her rival.
- {id: roe, name: Richard Roe, kind: person}

- id: council
  name: >-
    City
    council
  kind: institution
  aliases:
    - The Council
    - Councillors  # seldom
# The end.
"""


def loaded(folder: Path) -> RuleSet:
    return load_packs(folder, seed=False)


def keyed(found: RuleSet) -> dict[Key, AnyRule | None]:
    return {
        (kind, rule.id): rule
        for kind, table in (
            (RuleKind.ACTOR, found.actors),
            (RuleKind.ISSUE, found.issues),
            (RuleKind.QUERY, found.queries),
        )
        for rule in table.values()
    }


def city(folder: Path) -> str:
    return (folder / "actors" / "city.yaml").read_text(encoding="utf-8")


def test_what_is_the_same_is_not_touched(pack: PackMaker) -> None:
    folder = pack({"actors/city.yaml": CITY})
    before = (folder / "actors" / "city.yaml").stat().st_mtime_ns
    assert write_pack(folder, keyed(loaded(folder))) == []
    assert (folder / "actors" / "city.yaml").stat().st_mtime_ns == before


def test_an_edit_changes_its_own_lines_only(pack: PackMaker) -> None:
    folder = pack({"actors/city.yaml": CITY})
    doe = loaded(folder).actors["doe"]
    edited = replace(doe, name="Jane A. Doe", aliases=("Mayor Doe", "JD", "The Doe"))
    written = write_pack(folder, {(RuleKind.ACTOR, "doe"): edited})
    assert [(w.path.name, w.ids) for w in written] == [("city.yaml", ("doe",))]
    expected = CITY.replace("name: Jane Doe", "name: Jane A. Doe").replace("    - Janie # to go\n", "")
    assert city(folder) == expected.replace("    - JD\n", "    - JD\n    - The Doe\n")
    assert loaded(folder).actors["doe"] == edited


def test_comments_of_the_neighbours_outlive_what_is_taken_out(pack: PackMaker) -> None:
    folder = pack({"actors/city.yaml": CITY})
    found = loaded(folder).actors
    write_pack(
        folder,
        {
            (RuleKind.ACTOR, "doe"): replace(found["doe"], aliases=(), offices=()),
            (RuleKind.ACTOR, "council"): replace(found["council"], aliases=("The Council",)),
        },
    )
    text = city(folder)
    for comment in ("# The city.", "# the mayor", "  # what the press calls her", "\n\n# Her rival.", "\n# The end.\n"):
        assert comment in text
    assert "until the vote" not in text
    assert loaded(folder).actors["doe"].aliases == ()
    assert loaded(folder).actors["roe"] == found["roe"]


def test_a_new_rule_gets_a_file_of_its_own_and_one_that_is_off_says_so(pack: PackMaker) -> None:
    folder = pack({"actors/city.yaml": CITY})
    issue = IssueRule(
        "tram", "Tram: the line", "It is built.", ('"light rail"', "a: b", "tram*"), ("we'll build",), ("no 'tram'",),
        (Example("Doe: yes!", holder="doe", stance=ExampleStance.SUPPORTS, date=date(2025, 1, 2), lang="de"),),
    )  # fmt: skip
    query = QueryRule("q", "Q", "bus", alert=True, examples=(Example("A car.", match=False),))
    given: dict[Key, AnyRule | None] = {
        (RuleKind.ACTOR, "roe"): None,
        (RuleKind.ISSUE, "tram"): issue,
        (RuleKind.QUERY, "q"): query,
    }
    assert [w.path.name for w in write_pack(folder, given)] == ["city.yaml", "operator.yaml", "operator.yaml"]
    found = loaded(folder)
    assert (found.issues, found.queries) == ({"tram": issue}, {"q": query})
    assert "roe" not in found.actors
    assert write_pack(folder, given) == []


def test_an_entry_that_only_adds_becomes_the_whole_rule(pack: PackMaker) -> None:
    folder = pack({"actors/more.yaml": "- id: nato   # more names\n  aliases+: [The Alliance]\n"})
    nato = replace(load_packs(folder).actors["nato"], aliases=("The Pact",))
    write_pack(folder, {(RuleKind.ACTOR, "nato"): nato})
    assert load_packs(folder).actors["nato"] == nato
    assert "# more names" in (folder / "actors" / "more.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_edited_in_the_seed_pack_comes_back(tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "pack"
    shutil.copytree(Path(rules.__file__).parent / "seed", folder)
    drawn = random.Random(seed)
    wanted = {key: _edited(rule, drawn) for key, rule in keyed(loaded(folder)).items()}
    write_pack(folder, wanted)
    assert keyed(loaded(folder)) == {key: rule for key, rule in wanted.items() if rule is not None}
    assert write_pack(folder, wanted) == []


def _edited(rule: AnyRule | None, drawn: random.Random) -> AnyRule | None:
    """A rule with some entries gone, some new, some in another order."""

    def some(values: tuple[str, ...], *new: str) -> tuple[str, ...]:
        kept = [value for value in values if drawn.random() < 0.8] + [value for value in new if drawn.random() < 0.5]
        if drawn.random() < 0.3:
            drawn.shuffle(kept)
        return tuple(kept)

    if drawn.random() < 0.5 or rule is None:
        return rule
    if isinstance(rule, ActorRule):
        offices = tuple(office for office in rule.offices if drawn.random() < 0.8)
        new = (Office("Envoy: of 'peace'", date(2024, 2, 29)),) if drawn.random() < 0.5 else ()
        kind = drawn.choice([rule.kind, ActorKind.GROUP])
        return replace(rule, kind=kind, aliases=some(rule.aliases, "# Neu", "x: y"), offices=(*offices, *new))
    if isinstance(rule, IssueRule):
        about = (rule.about[0], *some(rule.about[1:], '"new (line OR row)" NEAR/3 wall', "dash*"))
        return replace(rule, about=about, for_=some(rule.for_, "yes, and: no"), against=some(rule.against, "'tis bad"))
    return rule
