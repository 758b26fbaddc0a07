"""A phrase as a line of an issue's `about`: under the condition that the issue's other lines carry."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from rules.query import QueryInvalid, parse_about
from rules.query_cover import Coverage

_AND = " AND "
_MOSTLY = 0.5


def condition_of(line: str) -> str | None:
    """What an about line `a AND b` asks beside its matter: `b` as it is written; None where it asks nothing else."""
    depth, quoted = 0, False
    for index, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif not quoted:
            depth += (character == "(") - (character == ")")
            if depth == 0 and line.startswith(_AND, index):
                rest = line[index + len(_AND) :].strip()
                return None if re.match(r"NOT\b", rest) else rest
    return None


def line_for(phrase: str, found_by: Iterable[str], about: Iterable[str]) -> str | None:
    """The line for a phrase, under the condition of most of the lines that found the sentences in which it stands.

    None where a line of `about` finds all that it would find, or where no such line can be written.
    """
    conditions = Counter(condition_of(line) for line in found_by)
    common, count = conditions.most_common(1)[0] if conditions else (None, 0)
    line = f'"{phrase}"'
    if common is not None and count > conditions.total() * _MOSTLY:
        line = f"{line} AND {common}"
    try:
        made = parse_about(line)
        coverage = Coverage()
        known = [parse_about(other) for other in about]
    except QueryInvalid:
        return None
    return None if any(coverage.covers(other.root, made.root) for other in known) else line
