"""Whatever a pack holds, reading it gives rules or RulesInvalid, never another error."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.compiler import compile_rules
from rules.loader import RulesInvalid, load_packs

PIECES = [
    "- ", "id", ": ", "a", "b", "\n", "  ", "name", "kind", "state", "person", "in", "aliases", "offices", "about",
    "for", "against", "query", "disabled", "true", "aliases+", "[", "]", "{", "}", ",", "'", '"', "&x ", "*x", "!!t ",
    "|", ">", "#", "?", "---", "...", "\t", "2025-01-01", "from", "title", "NEAR/3", "NOT", "(", ")", "*", "null", "~",
    "<<", "%YAML 9", "\u2028", "\ufeff", "\x00", "é", "proposition", ":", "@", "`",
]  # fmt: skip
broken_yaml = st.lists(st.sampled_from(PIECES), max_size=40).map(lambda row: "".join(row).encode())
scalars = st.one_of(st.text(max_size=8), st.integers(), st.booleans(), st.none(), st.dates(), st.floats())
keys = st.sampled_from(
    ["id", "name", "kind", "in", "aliases", "offices", "about", "for", "query", "disabled", "aliases+"]
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=8,
)
wrong_types = st.lists(st.dictionaries(keys, values, max_size=6), max_size=3).map(lambda rules: str(rules).encode())


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(st.binary(max_size=80), broken_yaml, wrong_types),
    st.sampled_from(["actors/a.yaml", "issues/a.yaml", "queries/a.yaml"]),
)
def test_gives_rules_or_says_why_not(content: bytes, path: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / path
        target.parent.mkdir()
        target.write_bytes(content)
        try:
            rules = load_packs(Path(folder), seed=False)
        except RulesInvalid as refused:
            assert refused.problems
            assert all(problem.remedy and problem.message and problem.fatal for problem in refused.problems)
        else:
            compile_rules(rules)
