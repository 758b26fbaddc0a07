"""What stands behind the charts, as tables: the same rows in CSV and JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from monitor.api.links import safe_link
from monitor.api.names import Names
from monitor.model.course import Stand
from monitor.model.statement import Statement
from monitor.positions.alignment import Network
from monitor.web.sheets import Sheet

TIMELINE = (
    "row", "at", "actor", "actor_name", "issue", "issue_name", "stance", "status", "confidence", "words", "holder",
    "holder_name", "claimed_by", "quoted", "publisher", "title", "url", "statement", "change",
)  # fmt: skip
SPECTRUM = (
    "at", "actor", "actor_name", "kind", "stance", "probability", "since", "words", "publisher", "title", "url",
    "statement",
)  # fmt: skip
TIES = (
    "a", "a_name", "b", "b_name", "issues_in_common", "congruence", "conflict", "agreement", "weight", "differ_on",
)  # fmt: skip


def timeline(
    stands: Iterable[Stand],
    statements: Iterable[tuple[str, Statement]],
    cited: Mapping[int, Statement],
    names: Names,
    about: Mapping[str, object],
) -> Sheet:
    """Positions and statements in the order of time; `statements` come with the actor for whom they count.

    A row is a "position" that stands from `at` on, with the statement that spoke for it first, or a "statement".
    """
    rows: list[tuple[object, ...]] = []
    for stand in stands:
        status = "pending" if stand.pending else "confirmed"
        stance = stand.stance.value if stand.stance else "withdrawn"
        cells = _words(cited.get(stand.statement), names)
        place = _place(stand.since, stand.actor, stand.issue, names)
        rows.append(("position", *place, stance, status, stand.probability, *cells, stand.change))
    for actor, said in statements:
        stance = "withdrawn" if said.read.withdraws else said.read.stance.value
        place = _place(said.said_at, actor, said.read.issue, names)
        rows.append(("statement", *place, stance, None, said.read.confidence, *_words(said, names), None))
    return Sheet(columns=TIMELINE, rows=sorted(rows, key=_in_time), about=about)


def spectrum(
    dates: Sequence[datetime],
    held: Sequence[Mapping[str, Stand]],
    cited: Mapping[int, Statement],
    names: Names,
    about: Mapping[str, object],
) -> Sheet:
    """Who held what at each of the dates, with the statement that spoke for it first."""
    rows: list[tuple[object, ...]] = []
    for at, then in zip(dates, held, strict=True):
        for actor, stand in sorted(then.items()):
            rule = names.rules.actors.get(actor)
            said = cited.get(stand.statement)
            source = (None,) * 5 if said is None else _source(said)
            stance = stand.stance.value if stand.stance else "withdrawn"
            kind = rule.kind.value if rule else None
            rows.append((at, actor, names.actor(actor), kind, stance, stand.probability, stand.since, *source))
    return Sheet(columns=SPECTRUM, rows=rows, about=about)


def ties(network: Network, names: Names, about: Mapping[str, object]) -> Sheet:
    """Every pair of the network."""
    rows: list[tuple[object, ...]] = [
        (
            tie.a, names.actor(tie.a), tie.b, names.actor(tie.b), tie.common, tie.congruence, tie.conflict,
            tie.agreement, tie.weight, "; ".join(names.issue(issue) for issue in tie.differ),
        )
        for tie in network.ties
    ]  # fmt: skip
    return Sheet(columns=TIES, rows=rows, about=about)


def _place(at: datetime, actor: str, issue: str, names: Names) -> tuple[object, ...]:
    return at, actor, names.actor(actor), issue, names.issue(issue)


def _words(said: Statement | None, names: Names) -> tuple[object, ...]:
    if said is None:
        return (None,) * 9
    words, publisher, title, url, number = _source(said)
    holder = said.read.holder
    return (
        words, holder, names.actor(holder), said.read.claimed_by, said.read.quoted, publisher, title, url, number,
    )  # fmt: skip


def _source(said: Statement) -> tuple[object, ...]:
    return said.read.evidence.text, said.publisher, said.item_title, safe_link(said.url), said.id


def _in_time(row: tuple[object, ...]) -> tuple[object, ...]:
    return row[1], str(row[2]), str(row[4]), str(row[0]), row[-2] or 0, row[-1] or 0
