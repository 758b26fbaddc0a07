"""An edit of the rules checked as files are: what `volteface rules check` would say of it beside all other rules."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from monitor.pipeline.rule_edits import RuleChange, by_key
from rules.loader import read_packs
from rules.model import RuleSet
from rules.problem import Problem
from rules.yaml_writer import write_pack


def problems_with(rules: RuleSet, changes: Sequence[RuleChange]) -> list[Problem]:
    """Errors anywhere, and warnings on the rules that the changes write; paths are those of a throw-away pack."""
    edited = {(change.kind, change.id): change.after for change in changes}
    rest = {key: rule for key, rule in by_key(rules).items() if key not in edited}
    with tempfile.TemporaryDirectory(prefix="volteface-check-") as folder:
        below, draft = Path(folder) / "rest", Path(folder) / "draft"
        packs = [pack for pack, held in ((below, rest), (draft, edited)) if any(held.values())]
        for pack, held in ((below, rest), (draft, edited)):
            if pack in packs:
                write_pack(pack, {key: rule for key, rule in held.items() if rule is not None})
        problems = read_packs(*packs, seed=False).problems
        return [problem for problem in problems if problem.fatal or problem.path.is_relative_to(draft)]
