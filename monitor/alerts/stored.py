"""What an alert says, back from the JSON values of its row. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar

from monitor.model.alert import AlertContent, AlertKind, Holding, MatchContent, Movement, Quote

Value = TypeVar("Value", AlertContent, MatchContent, Quote, Holding, Movement)

_MOMENTS = frozenset({"at", "said_at", "since", "published_at"})


def content_from(kind: AlertKind, plain: Mapping[str, Any]) -> AlertContent | MatchContent:
    """The content of a change, a correction or a match. Rows of older versions lack what came later: it is left out.

    Raises ValueError for an alert of another kind.
    """
    if kind is AlertKind.MATCH:
        return _made(MatchContent, plain)
    if kind not in (AlertKind.CHANGE, AlertKind.CORRECTION):
        raise ValueError(f"an alert of kind {kind} is not about a change or a match")
    values = dict(plain) | {"kind": AlertKind(plain["kind"])}
    values["before"] = None if values["before"] is None else _made(Quote, values["before"])
    values["after"] = _made(Quote, values["after"])
    values["also"] = tuple(_made(Quote, one) for one in values.get("also", ()))
    values["moves"] = tuple(values.get("moves", ()))
    values["holds"] = tuple(_made(Holding, one) for one in values.get("holds", ()))
    values["moved"] = tuple(_made(Movement, one) for one in values.get("moved", ()))
    stands = values.get("stands")
    values["stands"] = None if stands is None else _made(Holding, stands)
    return _made(AlertContent, values)


def _made(kind: type[Value], plain: Mapping[str, Any]) -> Value:
    known = {field.name for field in fields(kind)}
    return kind(**{name: _value(name, value) for name, value in plain.items() if name in known})


def _value(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name in _MOMENTS and isinstance(value, str) else value
