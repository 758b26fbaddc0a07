"""Comments of YAML files, kept where what they stand behind is taken out.

ruamel.yaml hangs the comment lines that stand before an entry on whatever ends right before them. Taking that out would
take along the comment of its neighbour; `drop` hands it on instead.
"""

from __future__ import annotations

from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark
from ruamel.yaml.tokens import CommentToken

Container = CommentedMap | CommentedSeq
_BEHIND_VALUE = 2
"""Where a map keeps the comment behind a value; a list keeps it at 0."""


def drop(container: Container, key: Any) -> None:
    """Takes out an entry. Its own comment goes along; the lines that stand before the next one stay."""
    kept = _following_lines(container, key)
    keys = _keys(container)
    before = keys[keys.index(key) - 1] if keys.index(key) else None
    del container[key]
    if isinstance(container, CommentedMap):
        container.ca.items.pop(key, None)
    if kept and before is not None:
        _hang(container, before, kept)


def _keys(container: Container) -> list[Any]:
    return list(range(len(container))) if isinstance(container, CommentedSeq) else list(container)


def _slot(container: Container, key: Any) -> tuple[Container, Any]:
    """Where the comment behind an entry hangs: on the last entry of the last block within it."""
    value = container[key]
    while isinstance(value, CommentedMap | CommentedSeq) and len(value) and not value.fa.flow_style():
        container, key = value, _keys(value)[-1]
        value = container[key]
    return container, key


def _token(container: Container, key: Any) -> CommentToken | None:
    hung = container.ca.items.get(key)
    if not hung:
        return None
    token = hung[_BEHIND_VALUE if isinstance(container, CommentedMap) else 0]
    return token if isinstance(token, CommentToken) else None


def _following_lines(container: Container, key: Any) -> str:
    """The whole lines of comment and the empty ones behind an entry, without what stands on its own last line."""
    token = _token(*_slot(container, key))
    lines = token.value.partition("\n")[2] if token is not None else ""
    return lines if lines.strip(" ") else ""


def _hang(container: Container, key: Any, lines: str) -> None:
    holder, last = _slot(container, key)
    token = _token(holder, last)
    if token is not None:
        own = token.value if token.value.endswith("\n") else token.value + "\n"
        token.value = own + lines
        return
    new = CommentToken("\n" + lines, CommentMark(0), None)
    hung: list[CommentToken | None] = [None] * (4 if isinstance(holder, CommentedMap) else 2)
    hung[_BEHIND_VALUE if isinstance(holder, CommentedMap) else 0] = new
    holder.ca.items[last] = hung
