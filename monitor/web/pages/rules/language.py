"""/desk/rules/language: the query language, as the module that reads it describes it, and how a query is understood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query
from starlette.responses import HTMLResponse

from monitor.web.pages.rules.bench import Bench
from rules import query
from rules.query import QueryInvalid, parse_query, parse_wording
from rules.query_check import doubts_about
from rules.query_explain import outline

_WIDTH = 36
"""The column at which the meanings stand in the description."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The description: its heading, a sign or word with its meaning for each line, and the paragraphs below."""

    heading: str
    entries: tuple[tuple[str, str], ...]
    paragraphs: tuple[str, ...]


def reference(described: str | None) -> Reference:
    """The description of the language out of the docstring of `rules.query`; empty where Python left docstrings out."""
    heading, _, rest = (described or "").strip().partition("\n\n")
    entries: list[tuple[str, str]] = []
    paragraphs = []
    for block in re.split(r"\n[ \t]*\n", rest):
        if not block.startswith("    "):
            paragraphs.append(" ".join(block.split()))
            continue
        for line in block.splitlines():
            sign, meaning = line[:_WIDTH].strip(), line[_WIDTH:].strip()
            if sign or not entries:
                entries.append((sign, meaning))
            else:
                entries[-1] = (entries[-1][0], f"{entries[-1][1]} {meaning}")
    return Reference(heading, tuple(entries), tuple(paragraph for paragraph in paragraphs if paragraph))


class Language:
    """The reference, and a query drawn as it was understood."""

    def __init__(self, bench: Bench) -> None:
        self._desk = bench.desk
        self._reference = reference(query.__doc__)

    def language(
        self,
        q: Annotated[str | None, Query(max_length=2_500)] = None,
        lang: Annotated[str | None, Query(max_length=10)] = None,
        wording: bool = False,
    ) -> HTMLResponse:
        """The page; with `q` how that query is understood."""
        found: dict[str, Any] = {"outline": None, "doubts": (), "wrong": None}
        if q:
            try:
                understood = parse_wording(q) if wording else parse_query(q)
            except QueryInvalid as error:
                found["wrong"] = error
            else:
                found["outline"] = outline(understood.root, lang or None)
                found["doubts"] = doubts_about(understood)
        values = {"q": q or "", "lang": lang or "", "wording": wording, "reference": self._reference, **found}
        return self._desk.pages.page("rules_language.html", values)
