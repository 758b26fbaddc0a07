"""Documents from files for `extract` and `replay`: text, HTML, feeds, JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.cli.outcome import CommandError, Exit
from monitor.cli.parsing import read_apart
from monitor.feeds.not_a_feed import NotAFeed
from monitor.feeds.parser_pool import ParseFailed
from monitor.feeds.text import html_to_text
from monitor.model.moment import parse_moment

FORMATS = ("text", "html", "feed", "jsonl")
_BY_ENDING = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".html": "html",
    ".htm": "html",
    ".xml": "feed",
    ".rss": "feed",
    ".atom": "feed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document to read; `id` is what its statements are named after."""

    id: str
    title: str
    text: str
    date: datetime
    lang: str | None = None
    publisher: str = ""
    url: str | None = None


def documents(file: Path, form: str | None, date: datetime) -> Iterator[Document]:
    """The documents of a file; `date` is theirs where they give none. Raises CommandError naming file and line.

    The file `-` is standard input, text where `form` does not say otherwise.
    """
    form = form or _BY_ENDING.get(file.suffix.lower(), "text")
    if form not in FORMATS:
        raise CommandError(f"--format {form} is not known; choose one of {', '.join(FORMATS)}", Exit.USAGE)
    body = _read(file)
    if form == "feed":
        yield from _feed(file, body, date)
    elif form == "jsonl":
        yield from _json_lines(file, body, date)
    else:
        text = _text(file, body)
        yield Document(id=file.stem, title="", text=html_to_text(text) if form == "html" else text, date=date)


def _read(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"cannot read {file}: {error.strerror}", Exit.NOT_FOUND) from None


def _text(file: Path, body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(
            f"{file}: byte {error.start} is not UTF-8; convert it first, e.g. iconv -t utf-8", Exit.USAGE
        ) from None


def _feed(file: Path, body: bytes, date: datetime) -> Iterator[Document]:
    try:
        parsed = read_apart(body)
    except (NotAFeed, ParseFailed) as refused:
        raise CommandError(f"{file}: {refused}", Exit.USAGE) from None
    for entry in parsed.entries:
        yield Document(
            id=entry.id,
            title=entry.title,
            text=entry.text,
            date=entry.published or date,
            lang=entry.lang or parsed.lang,
            publisher=parsed.title,
            url=entry.link,
        )


def _json_lines(file: Path, body: bytes, date: datetime) -> Iterator[Document]:
    for number, line in enumerate(_text(file, body).splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{file}, line {number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise CommandError(f"{where}: not JSON ({error.msg} at column {error.colno})", Exit.USAGE) from None
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise CommandError(f'{where}: needs an object with a "text"', Exit.USAGE)
        try:
            moment = parse_moment(row["date"]) if row.get("date") else date
        except (ValueError, TypeError, AttributeError):
            raise CommandError(f'{where}: "date" {row["date"]!r} is no ISO 8601 date', Exit.USAGE) from None
        yield Document(
            id=str(row.get("id") or f"{file.stem}-{number}"),
            title=_string(row, "title", where) or "",
            text=row["text"],
            date=moment,
            lang=_string(row, "lang", where),
            publisher=_string(row, "publisher", where) or "",
            url=_string(row, "url", where),
        )


def _string(row: dict[str, object], key: str, where: str) -> str | None:
    value = row.get(key)
    if value is None or isinstance(value, str):
        return value
    raise CommandError(f'{where}: "{key}" must be a string', Exit.USAGE)
