"""`volteface verdict precision` and `remeasure`: how well is read, and what follows from that."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from monitor.cli import boot
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.talk import JsonFlag, counted, plain, put_json, put_table, put_text, say
from monitor.model.alert import AlertKind
from monitor.model.share import Precision
from monitor.pipeline.identity_report import Word
from monitor.pipeline.remeasure import RemeasureReport
from monitor.pipeline.remeasure import remeasure as reckon_anew
from monitor.pipeline.tell import Teller
from monitor.positions.accuracy import LEAST_JUDGED, Record, Records
from monitor.positions.corroboration import ReportsNeeded, reports_needed
from monitor.settings import Settings, load_settings
from storage.verdicts import JudgedBy

TYPICAL = 0.78
"""The mean confidence of the grammar's readings; see DESIGN.md, 43."""

_FOLLOWED = (JudgedBy.ISSUE, JudgedBy.SOURCE, JudgedBy.EXTRACTOR)


def register(group: typer.Typer) -> None:
    """Adds the commands of this file to `volteface verdict`."""
    group.command()(remeasure)


def remeasure(
    why: Annotated[str, typer.Option("--why", help="The reason, for those who ask later.")],
    who: Annotated[str | None, typer.Option("--who", help="Who says so; by default the user of this machine.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it only what would happen is shown.")] = False,
    alert: Annotated[
        bool, typer.Option("--alert", help="Tell of changes that come to light, too; corrections always go.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Give everything that was read before the accuracy that today's verdicts found, and fold all positions again.

    Without this, what was read stays as sure as it was on the day, so that history does not move by itself.
    Example: [bold]volteface verdict remeasure --why "300 verdicts later"[/]; add --yes when it looks right.
    """
    if not why.strip():
        raise CommandError("--why is empty; say why, for those who ask later", Exit.USAGE)
    settings = load_settings()
    word = Word(who=who or getpass.getuser(), why=why, now=boot.utc_now(), write=yes, alert=alert)
    teller = Teller(label=settings.label, public_url=settings.public_url)
    database = boot.open_database(settings)
    report = reckon_anew(database, boot.tracker(settings), teller, word, follow=settings.follow_precision)
    if as_json:
        put_json({"written": yes, **plain(report)})
        return
    put_text("\n".join(_lines(report)))
    say("Done." if yes else "Nothing was written: this is what would happen. Add --yes to do it.")


def put_precision(found: Sequence[Precision], by: JudgedBy, settings: Settings, *, as_json: bool) -> None:
    """Prints precision, and how many reports a change needs by it where it is followed."""
    rows = [(p, _counts(p, by, settings)) for p in found]
    if as_json:
        put_json([{**plain(p), "share": p.share, "interval": p.interval, **_as_json(needed)} for p, needed in rows])
        return
    table = [
        (
            p.of,
            f"{p.right} of {p.judged}",
            f"{p.share:.2f}",
            f"{p.interval[0]:.2f}–{p.interval[1]:.2f}",
            _said(p, by, settings, needed),
        )
        for p, needed in rows
    ]
    put_table((by.value, "right", "precision", "95 % (Wilson)", "what follows"), table, empty="No verdicts yet.")


def _counts(found: Precision, by: JudgedBy, settings: Settings) -> tuple[float, ReportsNeeded] | None:
    """What a typical reading counts with by this record, and the reports it takes; None where it does not count."""
    if by not in _FOLLOWED or not settings.follow_precision or found.judged < LEAST_JUDGED:
        return None
    records = Records(by_issue={found.of: Record(right=found.right, judged=found.judged)})
    accuracy = records.measured_from(TYPICAL, found.of, "", None)
    assert accuracy is not None
    return accuracy, reports_needed(boot.tracker_config(settings), accuracy)


def _as_json(counts: tuple[float, ReportsNeeded] | None) -> dict[str, object]:
    if counts is None:
        return {"followed": False}
    accuracy, needed = counts
    return {"followed": True, "accuracy": accuracy, "first": needed.first, "reversal": needed.reversal}


def _said(found: Precision, by: JudgedBy, settings: Settings, counts: tuple[float, ReportsNeeded] | None) -> str:
    if by not in _FOLLOWED:
        return "only shown"
    if not settings.follow_precision:
        return "not followed: VOLTEFACE_FOLLOW_PRECISION is off"
    if counts is None:
        return f"followed from {LEAST_JUDGED} verdicts on: {counted(LEAST_JUDGED - found.judged, 'more', 'more')}"
    accuracy, needed = counts
    usual = reports_needed(boot.tracker_config(settings), TYPICAL)
    return (
        f"a reading of {TYPICAL:.2f} counts as {accuracy:.2f}: {_number(needed.first)} quotes for a first position "
        f"(else {_number(usual.first)}), {_number(needed.reversal)} for a reversal (else {_number(usual.reversal)})"
    )


def _number(reports: int | None) -> str:
    return "more than 50" if reports is None else str(reports)


def _lines(report: RemeasureReport) -> Iterator[str]:
    for position in report.positions:
        yield f"{position.actor} on {position.issue}: {position.before or 'none'} → {position.after or 'none'}"
    for queued in report.queued:
        yield f"{queued.kind} to {queued.subscriber} (subscription {queued.subscription})"
    corrections = sum(q.kind is AlertKind.CORRECTION for q in report.queued)
    yield (
        f"{counted(report.statements, 'statement')} would count otherwise or do now, "
        f"{counted(len(report.transitions), 'change')} moved, {counted(corrections, 'correction')} and "
        f"{counted(len(report.queued) - corrections, 'alert')} queued"
    )
