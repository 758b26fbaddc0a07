"""Data goes to stdout, talk goes to stderr. Tables for people, JSON for programs."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON on stdout instead of a table.")]

_WIDE = 200
"""Columns where the output is no terminal: nothing is cut to a guessed width."""


def talk() -> Console:
    """The console for talk: stderr."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def complain(message: str) -> None:
    """An error for people, on stderr."""
    talk().print(f"[bold red]volteface:[/] {escape(message)}")


def say(message: str) -> None:
    """A remark for people, on stderr."""
    talk().print(escape(message))


def counted(number: int, noun: str, nouns: str = "") -> str:
    """A number with its noun, as "1 feed", "2 feeds", "0 deliveries"."""
    return f"{number} {noun if number == 1 else nouns or noun + 's'}"


def put_json(value: object) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


def put_json_line(value: object) -> None:
    """One line of JSON on stdout, at once, so that a reader can follow."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False) + "\n")
    sys.stdout.flush()


def put_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str, title: str = "") -> None:
    """A table on stdout; `empty` goes to stderr when there is no row."""
    listed = [[_cell(cell) for cell in row] for row in rows]
    if not listed:
        say(empty)
        return
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)
    table = Table(*columns, box=None, header_style="bold", title=title or None, title_justify="left", pad_edge=False)
    for row in listed:
        table.add_row(*row)
    console.print(table)


def put_text(text: str) -> None:
    """Plain text on stdout."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return escape(str(value))


def plain(value: object) -> Any:
    """A value as JSON knows it: dataclasses as objects, times in ISO 8601, sets as sorted lists."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(k)): plain(v) for k, v in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(plain(v) for v in value)
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    return str(value) if isinstance(value, Path) else value
