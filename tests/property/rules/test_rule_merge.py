"""Three-way merging of rules."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from storage.rule_merge import differences, merge

entries = st.lists(st.sampled_from("abcdef"), unique=True, max_size=4)
bodies = st.none() | st.fixed_dictionaries(
    {"name": st.sampled_from("xyz"), "about": entries}, optional={"examples": entries.filter(bool)}
)


@given(bodies, bodies)
def test_one_sided_edits_are_taken(base: Any, edited: Any) -> None:
    assert merge(base, edited, base).body == edited
    assert merge(base, base, edited).body == edited
    assert merge(base, edited, edited).body == edited
    assert not (merge(base, edited, base).conflicts or merge(base, base, edited).conflicts)


@given(bodies, bodies, bodies)
def test_nothing_that_either_side_added_is_lost(base: Any, operator: Any, pack: Any) -> None:
    merged = merge(base, operator, pack)
    if operator is None or pack is None:
        assert merged.body == operator or base == operator
        return
    was = set(base["about"]) if base else set()
    added = (set(operator["about"]) | set(pack["about"])) - was
    taken = (was - set(operator["about"])) | (was - set(pack["about"]))
    assert merged.body is not None
    assert set(merged.body["about"]) == (was | added) - taken
    assert merged.body["name"] in (operator["name"], pack["name"])
    both = (base or {}).get("name") not in (operator["name"], pack["name"]) and operator["name"] != pack["name"]
    assert [c.field for c in merged.conflicts] == (["name"] if both else [])


@given(bodies, bodies, bodies)
def test_both_sides_see_the_same_conflicts(base: Any, operator: Any, pack: Any) -> None:
    if operator is None or pack is None:
        return
    mine, theirs = merge(base, operator, pack), merge(base, pack, operator)
    assert [c.field for c in mine.conflicts] == [c.field for c in theirs.conflicts]


@given(bodies, bodies)
def test_differences_lead_from_one_version_to_the_other(before: Any, after: Any) -> None:
    found = {d.field: d for d in differences(before, after)}
    assert (not found) == (_sets(before) == _sets(after))
    for field, difference in found.items():
        old, new = _sets(before).get(field, set()), _sets(after).get(field, set())
        assert (old - set(difference.removed)) | set(difference.added) == new


def _sets(body: Any) -> dict[str, set[str]]:
    sets = {field: set(value) for field, value in (body or {}).items()}
    return {field: value for field, value in sets.items() if value}
