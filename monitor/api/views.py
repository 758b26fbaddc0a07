"""What pages and JSON show, put together from what repositories give. One query for each kind of thing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.model.position import Change
from monitor.model.statement import Statement
from storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """A change with the statements that it cites. `support`: those that spoke for it, in the order they were said."""

    change: Change
    before: Statement | None
    after: Statement
    support: tuple[Statement, ...] = ()


def change_views(work: Work, changes: Sequence[Change]) -> list[ChangeView]:
    """The changes with all that they cite, in the same order."""
    cited: set[int] = set()
    for change in changes:
        found = change.found
        cited.update((found.after_statement, *found.support))
        if found.before_statement is not None:
            cited.add(found.before_statement)
    statements = work.statements.get(sorted(cited))
    return [
        ChangeView(
            change=change,
            before=None if change.found.before_statement is None else statements.get(change.found.before_statement),
            after=statements[change.found.after_statement],
            support=_in_order(statements[i] for i in change.found.support if i in statements),
        )
        for change in changes
    ]


def _in_order(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple(sorted(statements, key=lambda s: (s.said_at, s.id)))
