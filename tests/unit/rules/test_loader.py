import re
from datetime import date
from pathlib import Path

import pytest

from rules.loader import Problem, RulesInvalid, Severity, check_packs, load_packs, read_packs
from rules.model import ActorKind, ActorRule, IssueRule, Office, QueryRule
from tests.unit.rules.conftest import PackMaker

ACTORS = """\
- id: norway
  name: Norway
  kind: state
  aliases: [Oslo]
- id: jonas-store
  name: Jonas Gahr Støre
  kind: person
  in: norway
  offices:
    - {title: Norwegian Prime Minister, from: 2021-10-14}
    - {title: Foreign Minister, from: "2005-10-17", until: 2012-09-21}
"""
ISSUES = """\
- id: whaling
  name: Commercial whaling
  proposition: Commercial whaling is banned.
  about: ['whal*', 'quota NEAR/5 minke']
  for: [end the hunt]
  against: [keep hunting]
"""
QUERIES = "- {id: catch, name: Catch, query: '\"minke whale\" AND NOT film', alert: true}\n"
PACK: dict[str, str | bytes] = {"actors/a.yaml": ACTORS, "issues/i.yaml": ISSUES, "queries/q.yaml": QUERIES}


def problems(directory: Path, *more: Path) -> list[Problem]:
    return check_packs(directory, *more, seed=False)


def test_reads_a_pack(pack: PackMaker) -> None:
    rules = load_packs(pack({**PACK, "README.md": "What this is.", ".gitignore": ""}), seed=False)
    assert rules.actors == {
        "norway": ActorRule("norway", "Norway", ActorKind.STATE, None, ("Oslo",)),
        "jonas-store": ActorRule(
            "jonas-store",
            "Jonas Gahr Støre",
            ActorKind.PERSON,
            "norway",
            (),
            (
                Office("Norwegian Prime Minister", date(2021, 10, 14)),
                Office("Foreign Minister", date(2005, 10, 17), date(2012, 9, 21)),
            ),
        ),
    }
    assert rules.issues == {
        "whaling": IssueRule(
            "whaling",
            "Commercial whaling",
            "Commercial whaling is banned.",
            ("whal*", "quota NEAR/5 minke"),
            ("end the hunt",),
            ("keep hunting",),
        )
    }
    assert rules.queries == {"catch": QueryRule("catch", "Catch", '"minke whale" AND NOT film', alert=True)}
    assert problems(pack(PACK)) == []


# Each row: the file, its content, then line, column, and a part of the message and of the remedy.
BAD: list[tuple[str, str | bytes, int, int, str, str]] = [
    ("actors/a.yaml", "- id: a\n\tname: A\n", 2, 1, "not valid YAML", "spaces, not tabs"),
    ("actors/a.yaml", "- id: [\n", 2, 1, "not valid YAML", "close the quotation mark or bracket"),
    ("actors/a.yaml", "- id: a\n  name: A: B\n", 2, 10, "not valid YAML", "quotation marks"),
    ("actors/a.yaml", "- id: a\n---\n- id: b\n", 2, 1, "another document", "one document"),
    ("actors/a.yaml", b"- id: a\n  name: \xff\n", 2, 9, "0xff is not UTF-8", "save the file in UTF-8"),
    ("actors/a.yaml", "- id: a\x00\n", 1, 8, "not valid YAML", "control character"),
    ("actors/a.yaml", "[" * 5000, 0, 0, "nested too deep", "at most 10 deep"),
    ("actors/a.yaml", "- &x [*x]\n", 1, 1, "nested more than 10 deep", "fewer `*` aliases"),
    ("actors/a.yaml", b"#" * 1_000_001, 0, 0, "larger than", "split"),
    ("actors/a.yaml", "id: a\n", 1, 1, "must hold a list of rules, not a table", "begin each rule"),
    ("actors/a.yaml", "- norway\n", 1, 3, "must be a table of keys, not text", "- id:"),
    ("actors/a.yaml", "- name: A\n  kind: state\n", 1, 3, "without `id`", "give it an id"),
    ("actors/a.yaml", "- {id: Jonas Støre, name: A, kind: person}\n", 1, 8, "lower-case", "`jonas-store`"),
    ("actors/a.yaml", "- {id: a, id: b, name: A, kind: state}\n",
     1, 11, "`id` is there twice (first in line 1)", "leave"),
    ("actors/a.yaml", "- {id: a, nam: A, name: A, kind: state}\n", 1, 11, "unknown key `nam`", "`name`?"),
    ("actors/a.yaml", "- {id: a, member_of: b, name: A, kind: state}\n", 1, 11, "unknown key `member_of`", "`in`?"),
    ("actors/a.yaml", "- {id: a, about: [b], name: A, kind: state}\n",
     1, 11, "unknown key `about`", "aliases, offices"),
    ("actors/a.yaml", "- {id: a, [b]: c, name: A, kind: state}\n", 1, 11, "a key that is no word", "key: value"),
    ("actors/a.yaml", "- {id: a, kind: state}\n", 1, 3, "`name` is missing", "add `name:`"),
    ("actors/a.yaml", "- {id: a, name: 10, kind: state}\n", 1, 17, "must be a text, not a number", "quotation marks"),
    ("actors/a.yaml", "- {id: a, name: '', kind: state}\n", 1, 18, "`name` is empty", "leave it out"),
    ("actors/a.yaml", "- {id: a, name: '…', kind: state}\n", 1, 18, "no letter or digit", "write words"),
    ("actors/a.yaml", f"- {{id: a, name: {'x' * 201}, kind: state}}\n", 1, 17, "longer than 200", "shorten"),
    ("actors/a.yaml", "- {id: a, name: " + "Kyiv Kiew Kyiv " * 9 + ", kind: state}\n", 1, 17, "spellings", "shorter"),
    ("actors/a.yaml", "- {id: a, name: A, kind: persn}\n", 1, 26, "no kind of actor", "`person`?"),
    ("actors/a.yaml", "- {id: a, name: A, kind: [state]}\n", 1, 26, "no kind of actor", "commentator"),
    ("actors/a.yaml", "- {id: a, name: A, kind: state, aliases: Oslo}\n", 1, 42, "must be a list, not text", "[ … ]"),
    ("actors/a.yaml", "- {id: a, name: A, kind: state, aliases: [No, true]}\n",
     1, 47, "not true or false", "quotation"),
    ("actors/a.yaml", "- {id: a, name: A, kind: state, in: b}\n", 1, 37, "`in: b` names no actor", "add an actor"),
    ("actors/a.yaml", "- {id: abc, name: A, kind: state, in: abc}\n", 1, 39, "is in itself", "leave `in` out"),
    ("actors/a.yaml", "- {id: a, name: A, kind: state, disabled: yes}\n", 1, 43, "true or false", "`true`"),
    ("actors/a.yaml", "- {id: a, name: A, kind: person, offices: [x]}\n", 1, 44, "must be a table of keys", "title"),
    ("actors/a.yaml", "- {id: a, name: A, kind: person, offices: [{from: 2020-01-01}]}\n",
     1, 44, "without `title`", "add"),
    ("actors/a.yaml", "- {id: a, name: A, kind: person, offices: [{title: T, since: 2020-01-01}]}\n", 1, 55,
     "unknown key `since`", "`from`?"),
    ("actors/a.yaml", "- {id: a, name: A, kind: person, offices: [{title: T, from: 2025-02-30}]}\n", 1, 61,
     "no date: day is out of range", "2025-05-06"),
    ("actors/a.yaml", "- {id: a, name: A, kind: person, offices: [{title: T, from: 2025}]}\n",
     1, 61, "no whole day", "month"),
    ("actors/a.yaml", "- {id: a, name: A, kind: person, offices: [{title: T, from: 2025-02-01T10:00:00Z}]}\n", 1, 61,
     "no whole day", "month"),
    ("actors/a.yaml", "- {id: a, name: A, kind: person, offices: [{title: T, from: [1]}]}\n",
     1, 61, "not a list", "month"),
    ("actors/a.yaml", "- {id: a, name: A, kind: person, offices: [{title: T, from: 2025-02-01, until: 2025-01-31}]}\n",
     1, 80, "`until: 2025-01-31` is before `from: 2025-02-01`", "order"),
    ("actors/a.yaml", "- {id: a, disabled: true}\n", 1, 3, "no actor `a` below", "whole rule"),
    ("actors/a.yaml", "- {id: a, aliases+: [B]}\n", 1, 3, "no actor `a` below", "whole rule"),
    ("actors/a.yaml", "- {id: a, name+: B}\n", 1, 11, "only lists can be added to", "`name:`"),
    ("actors/a.yaml", "- {id: a, name: B, kind: state, aliases+: [B]}\n", 1, 33, "`kind` replaces it", "`name`"),
    ("issues/a.yaml", "- {id: a, name: A, proposition: P., about: []}\n", 1, 44, "`about` is empty", "at least one"),
    ("issues/a.yaml", "- {id: a, name: A, proposition: P., about: }\n", 1, 43, "`about` is empty", "at least one"),
    ("issues/a.yaml", "- {id: a, name: A, proposition: P., about: ['a AND (b']}\n",
     1, 54, "column 9: ", "expected “)”"),
    ("queries/a.yaml", "- {id: a, name: A, query: NOT a}\n", 1, 27, "only NOT", "a AND NOT b"),
    ("queries/a.yaml", "- {id: a, name: A, query: [a]}\n", 1, 27, "must be a text, not a list", "write a text"),
    ("queries/a.yaml", "- {id: a, name: A, query: b, alert: 1}\n", 1, 37, "must be true or false", "`true`"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "content", "line", "column", "says", "remedy"), BAD)
def test_names_the_place_and_the_remedy(
    pack: PackMaker, path: str, content: str | bytes, line: int, column: int, says: str, remedy: str
) -> None:
    directory = pack({path: content})
    with pytest.raises(RulesInvalid) as refused:
        load_packs(directory, seed=False)
    (problem,) = [p for p in refused.value.problems if says in p.message]
    assert (problem.path, problem.line, problem.column) == (directory / path, line, column)
    assert remedy in problem.remedy
    assert problem.fatal


@pytest.mark.parametrize(
    ("path", "says", "remedy"),
    [
        ("actor/a.yaml", "actor", "`actors`?"),
        ("people.yaml", "people.yaml", "actors/"),
        ("actors/a.yml", "a.yml would not be read", "a.yaml"),
        ("actors/a.txt", "no YAML file", "*.yaml"),
        ("actors/more/a.yaml", "no YAML file", "*.yaml"),
    ],
)
def test_nothing_is_skipped_in_silence(pack: PackMaker, path: str, says: str, remedy: str) -> None:
    found = problems(pack({**PACK, path: QUERIES}))
    assert [(says in p.message, remedy in p.remedy, p.fatal) for p in found] == [(True, True, True)]


def test_all_problems_at_once_in_order(pack: PackMaker) -> None:
    directory = pack(
        {
            "actors/a.yaml": "- {id: a, name: 1, kind: x}\n- {id: b, name: '', kind: state, in: c}\n",
            "actors/b.yaml": "- id: [\n",
            "issues/i.yaml": "- {id: i}\n",
        }
    )
    found = problems(directory)
    assert [(p.path.name, p.line, p.column) for p in found] == [
        ("a.yaml", 1, 17), ("a.yaml", 1, 26), ("a.yaml", 2, 18), ("a.yaml", 2, 38), ("b.yaml", 2, 1),
        ("i.yaml", 1, 3), ("i.yaml", 1, 3), ("i.yaml", 1, 3),
    ]  # fmt: skip
    with pytest.raises(RulesInvalid, match=r"a\.yaml:1:17: error: .*quotation marks"):
        load_packs(directory, seed=False)


def test_a_broken_rule_is_not_reported_as_missing(pack: PackMaker) -> None:
    content = "- {id: a, name: A, kind: x}\n- {id: b, name: B, kind: state, in: a}\n"
    (problem,) = problems(pack({"actors/a.yaml": content}))
    assert "no kind of actor" in problem.message


def test_duplicates_name_both_places(pack: PackMaker) -> None:
    directory = pack({"queries/a.yaml": QUERIES, "queries/b.yaml": "\n" + QUERIES})
    (problem,) = problems(directory)
    assert (problem.path.name, problem.line) == ("b.yaml", 2)
    assert f"{directory / 'queries/a.yaml'}:1:3" in problem.message


def test_the_same_id_may_name_an_actor_and_a_query(pack: PackMaker) -> None:
    assert problems(pack({**PACK, "queries/n.yaml": "- {id: norway, name: N, query: Norway}\n"})) == []


@pytest.mark.parametrize("kind", ["person", "commentator"])
def test_nobody_is_in_a_person(pack: PackMaker, kind: str) -> None:
    content = f"- {{id: a, name: A, kind: {kind}}}\n- {{id: b, name: B, kind: person, in: a}}\n"
    (problem,) = problems(pack({"actors/a.yaml": content}))
    assert f"`in: a` is a {kind}" in problem.message


def test_circles_are_reported_once(pack: PackMaker) -> None:
    ring = "".join(f"- {{id: {a}, name: {a}x, kind: state, in: {b}}}\n" for a, b in ("ab", "bc", "ca", "da"))
    (problem,) = problems(pack({"actors/a.yaml": ring}))
    assert "a → b → c → a" in problem.message


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"README.md": ""}, "holds no rule"),
        ({"actors/a.yaml": "[]"}, "holds no rule"),
        ({"actors/README.md": ""}, "holds no rule"),
    ],
)
def test_an_empty_pack(pack: PackMaker, files: dict[str, str | bytes], says: str) -> None:
    (problem,) = problems(pack(files))
    assert says in problem.message
    assert problem.fatal


def test_an_empty_file_is_a_warning(pack: PackMaker) -> None:
    (problem,) = problems(pack({**PACK, "actors/b.yaml": "# later\n"}))
    assert (problem.message, problem.severity) == ("holds no rule", Severity.WARNING)


def test_a_pack_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert [p.message for p in problems(tmp_path / "none", tmp_path / "file")] == [
        "the pack is a file", "the pack does not exist",
    ]  # fmt: skip


def test_an_alias_bomb_is_refused_in_bounded_work(pack: PackMaker) -> None:
    bomb = "".join(f"  l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 9))
    (problem, *_) = problems(pack({"actors/a.yaml": "- id: a\n  l0: &l0 [x]\n" + bomb}))
    assert "more than 100,000 values" in problem.message


ISSUE = "- {{id: i, name: I, proposition: P., {}}}\n"
SHADOWED = [
    (ISSUE.format("about: [send troops, troop*]"), "“send troops” finds nothing that “troop*”"),
    (ISSUE.format("about: [troops NEAR/3 Kyiv, troops NEAR/8 Kyiv]"), "“troops NEAR/3 Kyiv” finds nothing"),
    (ISSUE.format("about: [troops BEFORE/3 Kyiv, troops NEAR/3 (Kyiv OR Odesa)]"), "“troops BEFORE/3 Kyiv” finds"),
    (ISSUE.format("about: ['title:troops lang:de', troops]"), "“title:troops lang:de” finds nothing"),
    (ISSUE.format("about: [x], for: [will send troops now, send troops]"), "“will send troops now” finds nothing"),
]
NOT_SHADOWED = [
    ISSUE.format("about: [troops NEAR/3 Kyiv, troops BEFORE/8 Kyiv, soldiers]"),
    ISSUE.format("about: [troops NOT Kyiv, troops Odesa]"),
    ISSUE.format("about: ['title:troops', 'text:troops']"),
    ISSUE.format("about: [=troops, troop]").replace("troop]", "soldiers]"),
    ISSUE.format("about: [x], for: [send troops], against: [never send troops]"),
]


@pytest.mark.parametrize(("issues", "says"), SHADOWED)
def test_warns_of_a_line_that_another_covers(pack: PackMaker, issues: str, says: str) -> None:
    assert [says in str(p) and not p.fatal for p in problems(pack({"issues/a.yaml": issues}))] == [True]


@pytest.mark.parametrize("issues", NOT_SHADOWED)
def test_does_not_warn_of_lines_that_find_something_of_their_own(pack: PackMaker, issues: str) -> None:
    assert not problems(pack({"issues/a.yaml": issues}))


def test_an_actor_or_issue_that_a_query_asks_for_must_exist(pack: PackMaker) -> None:
    files = {
        "actors/a.yaml": "- {id: nato, name: NATO, kind: institution}\n",
        "issues/i.yaml": ISSUE.format("about: ['actor:nto troops']"),
        "queries/q.yaml": "- {id: q, name: Q, query: 'actor:nato issue:j NOT issue:i'}\n",
    }
    found = problems(pack(files))
    assert [(p.path.name, p.fatal) for p in found] == [("i.yaml", True), ("q.yaml", True)]
    assert "no actor `nto`" in found[0].message
    assert "`nato`?" in found[0].remedy
    assert "no issue `j`" in found[1].message


WARNED = [
    ("- {id: a, name: Aa, kind: state, aliases: [Shared]}\n- {id: b, name: Bb, kind: state, aliases: [SHARED]}\n",
     "“SHARED” names both `b` and `a`"),
    ("- {id: a, name: Aa, kind: state, aliases: [X, X]}\n", "“X” is there twice"),
    ("- {id: a, name: Aa, kind: person, offices: [{title: King, from: 2020-01-01}]}\n"
     "- {id: b, name: Bb, kind: person, offices: [{title: king, from: 2021-01-01}]}\n", "held by `b` and `a`"),
    ("- {id: a, name: Aa, kind: person, offices: [{title: King}, {title: King, from: 2021-01-01}]}\n", "held twice"),
]  # fmt: skip


@pytest.mark.parametrize(("actors", "says"), WARNED)
def test_warns(pack: PackMaker, actors: str, says: str) -> None:
    reading = read_packs(pack({"actors/a.yaml": actors}), seed=False)
    assert [(says in p.message, p.severity) for p in reading.problems] == [(True, Severity.WARNING)]
    assert reading.rules is not None


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("about: [troops NOT troop*]", "can never match"),
        ("about: [whales and boats]", "`and` in lower case"),
        ("about: [the]", "nearly every item"),
        ("{about: [x], for: ['\"a b\" NOT a']}", "can never match"),
    ],
)
def test_warns_of_doubtful_queries(pack: PackMaker, line: str, says: str) -> None:
    rule = f"- {{id: i, name: I, proposition: P., {line.strip('{}')}}}\n"
    (problem,) = problems(pack({"issues/i.yaml": rule}))
    assert says in problem.message
    assert not problem.fatal


def test_a_handover_on_one_day_is_no_overlap(pack: PackMaker) -> None:
    actors = (
        "- {id: a, name: Aa, kind: person, offices: [{title: King, until: 2020-01-01}]}\n"
        "- {id: b, name: Bb, kind: person, offices: [{title: King, from: 2020-01-01}]}\n"
    )
    assert problems(pack({"actors/a.yaml": actors})) == []


def test_a_wording_on_both_sides_is_an_error(pack: PackMaker) -> None:
    rule = "- {id: i, name: I, proposition: P., about: [x], for: [Keep  it], against: [keep it]}\n"
    (problem,) = problems(pack({"issues/i.yaml": rule}))
    assert "both `for` and `against`" in problem.message
    assert problem.fatal


def test_the_version_follows_the_contents_only(pack: PackMaker) -> None:
    first = load_packs(pack(PACK, "one"), seed=False).version
    renamed = {"actors/z.yaml": ACTORS, "issues/y.yaml": "# why\n" + ISSUES, "queries/x.yaml": QUERIES}
    assert load_packs(pack(renamed, "two"), seed=False).version == first
    changed = {**PACK, "queries/q.yaml": QUERIES.replace("true", "false")}
    assert load_packs(pack(changed, "three"), seed=False).version != first
    assert re.fullmatch(r"[0-9a-f]{16}", first)
