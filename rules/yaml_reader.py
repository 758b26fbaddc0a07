"""YAML files as plain values that know their place. Hostile files cost bounded time and memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from rules.problem import Place, Report

MOST_BYTES = 1_000_000
MOST_VALUES = 100_000
MOST_DEPTH = 10
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as it is written. `type` is YAML's: str, int, float, bool, null, timestamp.

    `verbatim` is true when the characters of the value stand in the file one after the other from `place` on.
    """

    place: Place
    text: str
    type: str
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A list."""

    place: Place
    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Keys with values; each key with its own place."""

    place: Place
    entries: dict[str, tuple[Place, Value]]


Value = Scalar | Row | Table


def read_yaml(path: Path, report: Report) -> Value | None:
    """The one document of a file; None when it is empty or was reported to be unreadable."""
    text = _read_text(path, report)
    return None if text is None else read_yaml_text(path, text, report)


def read_yaml_text(path: Path, text: str, report: Report) -> Value | None:
    """The one document of a text that is not in a file yet; `path` is what problems call it."""
    if len(text) > MOST_BYTES:
        report.error(Place(path), f"longer than {MOST_BYTES:,} characters", "split it into several rules")
        return None
    node = _compose(path, text, report)
    if node is None:
        return None
    converter = _Converter(path, report)
    return converter.convert(node, 0)


def _read_text(path: Path, report: Report) -> str | None:
    whole = Place(path)
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        report.error(whole, f"cannot be read ({error.strerror})", "check the file and its permissions")
        return None
    if len(data) > MOST_BYTES:
        report.error(whole, f"larger than {MOST_BYTES:,} bytes", "split it into several files")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        place = Place(path, before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1)
        report.error(place, f"byte 0x{data[error.start]:02x} is not UTF-8", "save the file in UTF-8")
        return None


def _compose(path: Path, text: str, report: Report) -> Node | None:
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(path, mark.line + 1, mark.column + 1) if mark else Place(path)
        said = " ".join(str(part) for part in (error.context, error.problem) if part)
        report.error(place, f"not valid YAML: {said}", _syntax_remedy(said))
    except RecursionError:
        report.error(Place(path), "lists or keys nested too deep", f"nest at most {MOST_DEPTH} deep")
    except YAMLError as error:
        report.error(_place_of_character(path, text, error), _first_line(error), "remove the control character")
    except Exception as error:  # the parser fails in other ways on some malformed input; all mean the same here
        report.error(Place(path), f"not valid YAML: {type(error).__name__}", "check quotation marks and indentation")
    else:
        return node
    return None


def _syntax_remedy(said: str) -> str:
    if "'\\t'" in said:
        return "indent with spaces, not tabs"
    if "another document" in said:
        return "keep to one document in a file: leave out the further `---`"
    if "mapping values are not allowed" in said:
        return "put a text that holds `: ` into quotation marks"
    if "undefined alias" in said or "while scanning an alias" in said:
        return "put a text that begins with `*` or `&` into quotation marks"
    if "cannot start any token" in said:
        return "put a text that begins with such a character into quotation marks"
    if "quoted scalar" in said or "<stream end>" in said:
        return "close the quotation mark or bracket that is open"
    return "check quotation marks, colons and indentation around this place"


def _place_of_character(path: Path, text: str, error: YAMLError) -> Place:
    position = getattr(error, "position", None)
    if not isinstance(position, int) or not 0 <= position <= len(text):
        return Place(path)
    before = text[:position]
    return Place(path, before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1)


def _first_line(error: Exception) -> str:
    return "not valid YAML: " + (str(error).strip().splitlines() or [type(error).__name__])[0]


class _TooMuch(Exception):  # noqa: N818 - never leaves this module
    """Stops a conversion that an alias multiplies."""


class _Converter:
    """Nodes of ruamel → values with places. Aliases are followed, up to MOST_VALUES in all."""

    def __init__(self, path: Path, report: Report) -> None:
        self._path = path
        self._report = report
        self._left = MOST_VALUES

    def convert(self, node: Node, depth: int) -> Value | None:
        try:
            return self._value(node, depth)
        except _TooMuch as reason:
            self._report.error(self._place(node), str(reason), "write the values out; use fewer `*` aliases")
            return None

    def _value(self, node: Any, depth: int) -> Value:
        self._left -= 1
        if self._left < 0:
            raise _TooMuch(f"more than {MOST_VALUES:,} values")
        if depth > MOST_DEPTH:
            raise _TooMuch(f"nested more than {MOST_DEPTH} deep")
        place = self._place(node)
        if isinstance(node, SequenceNode):
            return Row(place, tuple(self._value(item, depth + 1) for item in node.value))
        if isinstance(node, MappingNode):
            return self._table(node, place, depth)
        return self._scalar(node, place)

    def _table(self, node: Any, place: Place, depth: int) -> Table:
        entries: dict[str, tuple[Place, Value]] = {}
        for key, value in node.value:
            where = self._place(key)
            if not isinstance(key, ScalarNode):
                self._report.error(where, "a key that is no word", "write `key: value`")
                continue
            if key.value in entries:
                first = entries[key.value][0]
                self._report.error(where, f"`{key.value}` is there twice (first in line {first.line})", "leave one out")
                continue
            entries[key.value] = (where, self._value(value, depth + 1))
        return Table(place, entries)

    def _scalar(self, node: Any, place: Place) -> Scalar:
        quoted = node.style in ("'", '"')
        start, end = node.start_mark, node.end_mark
        verbatim = start.line == end.line and end.column - start.column == len(node.value) + 2 * quoted
        if verbatim and quoted:
            place = Place(place.path, place.line, place.column + 1)
        tag = str(node.tag)
        return Scalar(place, node.value, tag.removeprefix(_TAG) if tag.startswith(_TAG) else tag, verbatim)

    def _place(self, node: Any) -> Place:
        return Place(self._path, node.start_mark.line + 1, node.start_mark.column + 1)
