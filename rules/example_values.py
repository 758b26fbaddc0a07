"""Examples in rule files: a text, and what a rule should find in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rules.model import Example, ExampleStance
from rules.problem import did_you_mean
from rules.values import UnsoundError, describe, read_date, read_flag, read_id, read_text
from rules.yaml_reader import Scalar, Table, Value

LONGEST_EXAMPLE = 5000
_MEANT = {"expect": "match", "matches": "match", "actor": "holder", "who": "holder", "day": "date", "language": "lang"}


def read_stance_example(value: Value, label: str) -> Example:
    """An example of an issue: whether its matter is found, and who is read to hold which stance."""
    return _read(value, {"text", "match", "holder", "stance", "date", "lang"})


def read_match_example(value: Value, label: str) -> Example:
    """An example of an actor or a query: whether it is found."""
    return _read(value, {"text", "match", "date", "lang"})


def _read(value: Value, known: set[str]) -> Example:
    if not isinstance(value, Table):
        raise UnsoundError(value.place, f"an example must be a table of keys, not {describe(value)}", "write `text: …`")
    for key, (place, _) in value.entries.items():
        if key not in known:
            remedy = (
                f"did you mean `{_MEANT[key]}`?"
                if _MEANT.get(key) in known
                else did_you_mean(key, sorted(known), "leave it out")
            )
            raise UnsoundError(place, f"unknown key `{key}` in an example", remedy)
    if "text" not in value.entries:
        raise UnsoundError(value.place, "an example without `text`", "add `text:`, a sentence as the news writes it")
    read = {key: _READERS[key](entry, key) for key, (_, entry) in value.entries.items()}
    example = Example(**read)  # type: ignore[arg-type]
    if example.stance is not None and not example.match:
        raise UnsoundError(value.place, "an example that does not match can hold no stance", "leave `stance` out")
    if example.holder is not None and example.stance is None:
        remedy = "add `stance: supports`, opposes, conditional or none"
        raise UnsoundError(value.place, "an example with `holder` and without `stance`", remedy)
    return example


def _text(value: Value, label: str) -> str:
    if isinstance(value, Scalar) and value.type == "str" and len(value.text) > LONGEST_EXAMPLE:
        raise UnsoundError(value.place, f"`{label}` is longer than {LONGEST_EXAMPLE} characters", "shorten it")
    if isinstance(value, Scalar) and value.type == "str" and value.text.strip():
        return value.text.strip()
    return read_text(value, label)


def _stance(value: Value, label: str) -> ExampleStance:
    known = [stance.value for stance in ExampleStance]
    text = value.text if isinstance(value, Scalar) else describe(value)
    if text in known:
        return ExampleStance(text)
    remedy = did_you_mean(text.lower(), known, f"choose from {', '.join(known)}")
    raise UnsoundError(value.place, f"`{label}: {text[:40]}` is no stance", remedy)


def _lang(value: Value, label: str) -> str:
    text = read_text(value, label)
    if not (text.isascii() and text.isalpha() and len(text) in (2, 3)):
        raise UnsoundError(value.place, f"`{label}: {text[:40]}` is no language", "write its code, as en, de or fr")
    return text.lower()


_READERS: Mapping[str, Callable[[Value, str], object]] = {
    "text": _text, "match": read_flag, "holder": read_id, "stance": _stance, "date": read_date, "lang": _lang,
}  # fmt: skip
