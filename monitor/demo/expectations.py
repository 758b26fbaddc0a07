"""What the demo's story implies, as values: for acceptance tests and for the curious."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from ruamel.yaml import YAML

from monitor.model.position import ChangeKind
from monitor.model.statement import Stance


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedChange:
    """A change that the story tells. `kinds` and `after` hold every reading that is honest, the plainest first.

    `around` is the day on which it is said; `within_days` how far off a reader may put it. `items` are the keys of
    those that tell it, `also` the bodies whose position the same words move.
    """

    actor: str
    issue: str
    kinds: tuple[ChangeKind, ...]
    before: Stance | None
    after: tuple[Stance, ...]
    around: date
    within_days: int
    items: tuple[str, ...]
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedPosition:
    """A stance that is held throughout what `items` tell."""

    actor: str
    issue: str
    stance: Stance
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """`baseline` stands from the start; `changes` come; a change after the first of what is `steady` is false."""

    baseline: tuple[ExpectedPosition, ...]
    changes: tuple[ExpectedChange, ...]
    steady: tuple[ExpectedPosition, ...]


def load_expectations(folder: Traversable | None = None) -> Expectations:
    """The story's expectations from `expected.yaml`. Raises KeyError or ValueError where a row is not sound."""
    folder = folder if folder is not None else files("monitor.demo") / "wire"
    document = YAML(typ="safe").load((folder / "expected.yaml").read_text(encoding="utf-8"))
    return Expectations(
        baseline=tuple(_position(row) for row in document["baseline"]),
        changes=tuple(_change(row) for row in document["changes"]),
        steady=tuple(_position(row) for row in document["steady"]),
    )


def _change(row: dict[str, Any]) -> ExpectedChange:
    around = row["around"]
    return ExpectedChange(
        actor=row["actor"],
        issue=row["issue"],
        kinds=tuple(ChangeKind(row[key]) for key in ("kind", "or_kind") if key in row),
        before=Stance(row["from"]) if row["from"] is not None else None,
        after=tuple(Stance(row[key]) for key in ("to", "or_to") if key in row),
        around=around if isinstance(around, date) else date.fromisoformat(around),
        within_days=int(row["within_days"]),
        items=tuple(row["items"]),
        also=tuple(row.get("also", ())),
    )


def _position(row: dict[str, Any]) -> ExpectedPosition:
    return ExpectedPosition(
        actor=row["actor"], issue=row["issue"], stance=Stance(row["stance"]), items=tuple(row["items"])
    )
