"""The matrix as rows of data: one to a position, with all that its cell shows. Pure."""

from __future__ import annotations

from monitor.api.names import Names
from monitor.web.matrix import Cell, Matrix
from rules.model import RuleSet

COLUMNS = (
    "actor", "actor_name", "actor_kind", "member_of", "issue", "issue_name", "family", "stance", "probability",
    "since", "statements", "pending", "changed_lately", "page",
)  # fmt: skip
"""`probability` is that of the stance, 0 to 1; `since` when it was first said; `statements` are counted now only."""


def rows_of(shown: Matrix, rules: RuleSet) -> list[tuple[object, ...]]:
    """The cells in the order of the matrix, each as `COLUMNS` name it."""
    names = Names(rules)
    return [_row(cell, rules, names) for cell in shown.cells]


def _row(cell: Cell, rules: RuleSet, names: Names) -> tuple[object, ...]:
    at = cell.standing
    actor, issue = rules.actors.get(at.actor), rules.issues.get(at.issue)
    return (
        at.actor, names.actor(at.actor), actor.kind.value if actor else None, actor.member_of if actor else None,
        at.issue, names.issue(at.issue), issue.family if issue else None,
        at.stance.value if at.stance else None, None if at.share is None else round(at.share, 4), at.since,
        at.statements, at.pending.value if at.pending else None, cell.recent, f"/positions/{at.actor}/{at.issue}",
    )  # fmt: skip
