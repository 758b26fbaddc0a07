"""The invented wire is sound, large enough, and tells what `expected.yaml` says it tells."""

from __future__ import annotations

from collections import defaultdict
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from monitor.demo.expectations import ExpectedChange, load_expectations
from monitor.demo.items import LIVE_FROM, Wire, WireError, load_wire
from monitor.model.position import ChangeKind
from monitor.model.statement import Stance

WIRE = load_wire()
BY_KEY = {item.key: item for item in WIRE.items}
EXPECTED = load_expectations()

# The ids that the rule pack, the gold files and the scorer agree on; those that the story needs.
ACTORS = {
    "donald-trump", "donald-tusk", "emmanuel-macron", "european-commission", "european-leaders", "european-union",
    "france", "germany", "italy", "kaja-kallas", "keir-starmer", "keith-kellogg", "mark-rutte", "nato", "olaf-scholz",
    "pedro-sanchez", "pete-hegseth", "poland", "russia", "spain", "ukraine", "united-kingdom", "united-states",
    "ursula-von-der-leyen", "us-defense-department", "vladimir-putin", "volodymyr-zelensky",
}  # fmt: skip
ISSUES = {
    "us-russia-talks", "trump-putin-meeting", "ukraine-at-the-table", "europe-at-the-table", "negotiated-peace",
    "concessions-to-russia", "territorial-integrity", "ukraine-nato-membership", "security-guarantees",
    "european-troops", "us-troops", "military-aid", "sanctions-on-russia", "russia-rehabilitation",
    "us-commitment-to-europe", "defence-spending",
}  # fmt: skip


def publisher(key: str) -> str:
    """Copies stand for their original's outlet, for that is who vouches for them."""
    item = BY_KEY[key]
    return publisher(item.copy_of) if item.copy_of else item.feed


def test_there_is_enough_of_it_in_every_kind_of_feed() -> None:
    assert len(WIRE.items) >= 60
    assert sum(item.quiet for item in WIRE.items) >= 25
    assert {outlet.format for outlet in WIRE.outlets.values()} == {"rss", "atom", "rdf", "json"}
    assert {outlet.language for outlet in WIRE.outlets.values()} == {"en", "de"}
    assert all(outlet.domain.endswith(".example") for outlet in WIRE.outlets.values())
    assert {item.feed for item in WIRE.items} == set(WIRE.outlets)


def test_it_spans_the_year_and_has_a_baseline() -> None:
    assert WIRE.items[0].date < LIVE_FROM
    assert (WIRE.items[-1].date.year, WIRE.items[-1].date.month) == (2025, 12)
    assert {item.date.month for item in WIRE.items} == set(range(2, 13))
    assert {item.feed for item in WIRE.items if item.date < LIVE_FROM} == set(WIRE.outlets), "no feed starts empty"


@pytest.mark.parametrize("key", [item.key for item in WIRE.items if item.copy_of])
def test_a_copy_is_a_near_copy_with_credit(key: str) -> None:
    copy = BY_KEY[key]
    original = BY_KEY[copy.copy_of or ""]
    assert original.feed != copy.feed
    assert WIRE.outlets[original.feed].agency
    assert copy.text != original.text
    assert SequenceMatcher(None, copy.text, original.text, autojunk=False).ratio() > 0.95
    assert copy.author == WIRE.outlets[original.feed].name
    assert "(Ostwind)" in copy.text
    assert copy.date > original.date


def test_there_are_copies_and_a_revision() -> None:
    assert sum(item.copy_of is not None for item in WIRE.items) >= 10
    revisions = [item for item in WIRE.items if item.revises]
    assert revisions
    assert all(item.text != BY_KEY[item.guid].text for item in revisions)


def test_texts_that_are_no_copies_are_not_each_others_copies() -> None:
    """Else admission would count them as one story, and a change would lack its witnesses."""
    own = [item for item in WIRE.items if not item.copy_of and not item.revises]

    def shingles(text: str) -> set[tuple[str, ...]]:
        words = text.casefold().split()
        return {tuple(words[i : i + 4]) for i in range(len(words) - 3)}

    sets = {item.key: shingles(item.text) for item in own}
    close = [
        (a.key, b.key)
        for number, a in enumerate(own)
        for b in own[number + 1 :]
        if len(sets[a.key] & sets[b.key]) > 0.4 * min(len(sets[a.key]), len(sets[b.key]))
    ]
    assert not close


def test_the_expectations_name_only_the_catalogue() -> None:
    rows = [*EXPECTED.baseline, *EXPECTED.changes, *EXPECTED.steady]
    assert {row.actor for row in rows} <= ACTORS
    assert {row.issue for row in rows} <= ISSUES
    assert {body for change in EXPECTED.changes for body in change.also} <= ACTORS


def test_the_catalogue_here_is_the_shared_one() -> None:
    shared = Path(__file__).parents[3].parent / "shared" / "eval" / "catalogue.yaml"
    if not shared.exists():
        pytest.skip("shared/eval/catalogue.yaml is no part of a checkout")
    from ruamel.yaml import YAML

    catalogue = YAML(typ="safe").load(shared.read_text(encoding="utf-8"))
    assert set(catalogue["actors"]) >= ACTORS
    assert set(catalogue["issues"]) >= ISSUES


@pytest.mark.parametrize("change", EXPECTED.changes, ids=lambda c: f"{c.actor}:{c.issue}:{c.around}")
def test_a_change_is_told_by_enough_independent_outlets_at_its_time(change: ExpectedChange) -> None:
    told = [BY_KEY[key] for key in change.items]
    needed = 2 if change.kinds[0] is ChangeKind.FIRST else 3
    assert len({publisher(item.key) for item in told}) >= needed
    assert not [item.key for item in told if item.quiet]
    assert not [item.key for item in told if abs((item.date.date() - change.around).days) > change.within_days]
    assert min(item.date for item in told) >= LIVE_FROM


def test_a_baseline_is_told_before_the_live_part_by_two_outlets() -> None:
    for position in EXPECTED.baseline:
        assert all(BY_KEY[key].date < LIVE_FROM for key in position.items), position
        assert len({publisher(key) for key in position.items}) >= 2, position


def test_each_change_follows_from_the_one_before() -> None:
    held: dict[tuple[str, str], Stance] = {(p.actor, p.issue): p.stance for p in EXPECTED.baseline}
    definite = dict(held)
    kinds: defaultdict[tuple[str, str], list[ChangeKind]] = defaultdict(list)
    for change in sorted(EXPECTED.changes, key=lambda c: c.around):
        about = (change.actor, change.issue)
        if about == ("germany", "european-troops"):
            held[about] = definite[about] = held["olaf-scholz", "european-troops"]  # the office passes to Merz
        assert held.get(about) == change.before, change
        assert (change.before is None) == (change.kinds[0] is ChangeKind.FIRST), change
        after = change.after[0]
        if ChangeKind.SOFTENED is change.kinds[0]:
            assert after is Stance.CONDITIONAL, change
        if ChangeKind.REVERSED is change.kinds[0]:
            assert {after, definite[about]} == {Stance.SUPPORTS, Stance.OPPOSES}, change
        held[about] = after
        if after is not Stance.CONDITIONAL:
            definite[about] = after
        kinds[about].append(change.kinds[0])
    for position in EXPECTED.steady:
        assert held[position.actor, position.issue] is position.stance, position
        assert kinds[position.actor, position.issue] == [ChangeKind.FIRST], position
        assert len(position.items) >= 2


def test_what_is_quiet_names_nobody_who_takes_a_position() -> None:
    told = {key for row in (*EXPECTED.baseline, *EXPECTED.changes, *EXPECTED.steady) for key in row.items}
    assert told <= set(BY_KEY)
    assert not {key for key in told if BY_KEY[key].quiet}


# --- the loader ---

_OUTLETS = """
- {id: one, name: One, domain: one.example, format: rss, language: en}
- {id: two, name: Two, domain: two.example, format: json, language: en}
"""


def _load(folder: Path, items: str, outlets: str = _OUTLETS) -> Wire:
    (folder / "outlets.yaml").write_text(outlets, encoding="utf-8")
    (folder / "1-items.yaml").write_text(items, encoding="utf-8")
    return load_wire(folder)


GOOD = '- {key: a, feed: one, date: "2025-03-01T10:00Z", title: T, text: Some words here.}\n'


@pytest.mark.parametrize(
    ("items", "words"),
    [
        (GOOD + GOOD, "'a' was used before"),
        ('- {key: a, feed: nine, date: "2025-03-01", title: T, text: X}', "no such outlet: 'nine'"),
        ("- {key: a, feed: one, date: yesterday, title: T, text: X}", "'yesterday' is not ISO 8601"),
        ('- {key: a, feed: one, date: "2025-03-01", title: T}', "needs a title and a text"),
        ('- {key: a, feed: one, date: "2025-03-01", title: T, text: X, colour: red}', "['colour']"),
        (GOOD + '- {key: b, feed: two, date: "2025-03-02", copy_of: z}', "copy_of names 'z'"),
        (GOOD + '- {key: b, feed: two, date: "2025-02-20", copy_of: a}', "dated before a"),
        (GOOD + '- {key: b, feed: two, date: "2025-03-02", copy_of: a, edits: [{from: no, to: yes}]}', "edit of 'no'"),
        (GOOD + '- {key: b, feed: two, date: "2025-03-02", copy_of: a, text: Mine}', "not a text of its own"),
        (GOOD + '- {key: b, feed: two, date: "2025-03-02", revises: a, title: T, text: Y}', "another outlet"),
        (GOOD + '- {key: b, feed: one, date: "2025-03-01T10:00Z", title: T, text: Y}', "very second of a"),
        ("key: [", "not readable as YAML"),
        ("just words", "must be a list of mappings"),
    ],
)
def test_an_unsound_file_is_refused_with_its_place(tmp_path: Path, items: str, words: str) -> None:
    with pytest.raises(WireError) as raised:
        _load(tmp_path, items)
    assert words in str(raised.value)
    assert "1-items.yaml" in str(raised.value) or "b:" in str(raised.value)


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(WireError) as raised:
        _load(tmp_path, '- {key: a, feed: nine, date: never, title: T, text: X}\n- {key: b, feed: one, date: "2025"}')
    assert len(raised.value.problems) == 3


def test_a_domain_that_could_be_somebodys_is_refused(tmp_path: Path) -> None:
    outlets = "- {id: one, name: One, domain: one.com, format: rss, language: en}"
    with pytest.raises(WireError, match=r"must end in \.example"):
        _load(tmp_path, GOOD, outlets)


def test_a_copy_has_the_originals_words_with_the_edits(tmp_path: Path) -> None:
    wire = _load(
        tmp_path, GOOD + '- {key: b, feed: two, date: "2025-03-02", copy_of: a, edits: [{from: Some, to: Few}]}'
    )
    assert (wire.items[1].title, wire.items[1].text) == ("T", "Few words here.")
