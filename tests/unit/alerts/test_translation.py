"""Every word that an alert says of its own stands in `Texts`: a translation leaves no English behind."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from typing import Any

import pytest

from monitor.alerts.compose import compose, with_personal
from monitor.alerts.entries import Told, entry_of, feed_title
from monitor.alerts.letter import Links
from monitor.alerts.texts import ENGLISH, Texts
from monitor.model.alert import AlertContent, AlertKind, Filter, MatchContent, PersonalLinks
from monitor.model.position import ChangeKind
from tests.unit.alerts.contents import AROUND, CHANGE, MADE_AT, MATCH

_CODES = {"language", "direction"}
_KEYS = {"stance", "stance_before", "stance_after", "change_kind", "status", "kind"}
_LATIN = re.compile("[A-Za-z]+")
LINKS = Links(change="https://x.example/changes/3", wrong="https://x.example/changes/3/wrong")
PERSONAL = PersonalLinks(settings="https://x.example/s", unsubscribe="https://x.example/u")


def _marked(value: Any) -> Any:
    """Every word of a wording replaced by a sign; what is filled in by name stays."""
    if isinstance(value, str):
        parts = re.split(r"(\{\w+\})", value)
        return "".join(part if part.startswith("{") else _LATIN.sub("Ж", part) for part in parts)
    if isinstance(value, dict):
        return {key: _marked(wording) for key, wording in value.items()}
    if isinstance(value, tuple):
        return tuple(_marked(one) for one in value)
    if is_dataclass(value):
        return replace(value, **{f.name: _marked(getattr(value, f.name)) for f in fields(value)})  # type: ignore[type-var]
    return value


def _marked_texts() -> Texts:
    changed = {f.name: _marked(getattr(ENGLISH, f.name)) for f in fields(Texts) if f.name not in _CODES}
    return Texts(**changed | {"language": "ru", "languages": {"de": "Ж"}})


def _digits(value: Any, name: str = "") -> Any:
    """The content with every letter of names, titles and quotes replaced by a figure; links and keys stay."""
    if isinstance(value, str) and not isinstance(value, AlertKind) and name not in {*_KEYS, "url", "lang"}:
        return re.sub(r"[^\W\d_]", "7", value)
    if isinstance(value, tuple):
        return tuple(_digits(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _digits(getattr(value, f.name), f.name) for f in fields(value)})  # type: ignore[type-var]
    return value


class _Shown(HTMLParser):
    """What a reader sees or is read: texts, and attributes that are spoken."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.shown: list[str] = []
        self._skip = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skip = tag == "style"
        self.shown += [value or "" for name, value in attrs if name in ("title", "alt", "aria-label", "summary")]

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self.shown.append(data)


CONTENTS: dict[str, AlertContent | MatchContent] = {
    "change": replace(AROUND, also=AROUND.also * 12, moves=AROUND.moves * 12),
    "pending": replace(CHANGE, status="pending", also=(), after=replace(CHANGE.after, direct=False)),
    "poorly read": replace(CHANGE, after=replace(CHANGE.after, poorly_read="German", lang="de")),
    "noted": replace(CHANGE, reason="An operator's note"),
    "nameless": replace(
        CHANGE, actor="", actor_short="", issue="", after=replace(CHANGE.after, publisher="", title="")
    ),
    "match": MATCH,
    **{
        f"correction, {status}": replace(CHANGE, kind=AlertKind.CORRECTION, status=status, stands=stands)
        for status, stands in (("retracted", AROUND.holds[0]), ("dropped", None), ("pending", AROUND.holds[1]))
    },
    **{
        f"kind {kind.value}": replace(
            CHANGE,
            change_kind=kind.value,
            stance_before=None if kind is ChangeKind.FIRST else "opposes",
            before=None if kind is ChangeKind.FIRST else CHANGE.before,
            stance_after=None if kind is ChangeKind.WITHDRAWN else "supports",
        )
        for kind in ChangeKind
    },
}


@pytest.mark.parametrize("name", CONTENTS)
def test_no_english_word_is_left_in_a_mail(name: str) -> None:
    texts = _marked_texts()
    composed = compose(_digits(CONTENTS[name]), made_at=MADE_AT, links=LINKS, texts=texts)
    text, html = with_personal(composed.text, composed.html, PERSONAL, texts)
    lines = [line for line in text.splitlines() if not line.startswith("http")]
    assert _LATIN.findall(composed.subject) == []
    assert _LATIN.findall("\n".join(lines)) == []
    assert _LATIN.findall(" ".join(_Shown(html).shown)) == []
    assert "Ж" in composed.subject + text


@pytest.mark.parametrize("name", [name for name in CONTENTS if name != "match"])
def test_no_english_word_is_left_in_an_entry_of_a_feed(name: str) -> None:
    content = _digits(CONTENTS[name])
    assert isinstance(content, AlertContent)
    told = Told(content=content, links=LINKS, published=MADE_AT, updated=MADE_AT)
    entry = entry_of(told, uuid.uuid4(), texts=_marked_texts())
    lines = [line for line in entry.text.splitlines() if not line.startswith("http")]
    labels = [label for _, _, label in entry.categories]
    for shown in (entry.title, entry.summary, "\n".join(lines), " ".join(_Shown(entry.html).shown), *labels):
        assert _LATIN.findall(shown) == []


def test_no_english_word_is_left_in_the_name_of_a_feed() -> None:
    wanted = Filter(kinds=frozenset(ChangeKind), least_confidence=0.9, pending=True, commentators=False)
    for names in (["1", "2"], ["1", "2", "3", "4"]):
        assert _LATIN.findall(feed_title(wanted, names, names, _marked_texts())) == []
    assert _LATIN.findall(feed_title(Filter(), [], [], _marked_texts())) == []


def test_what_programs_read_is_the_same_in_every_language() -> None:
    composed = [compose(AROUND, made_at=MADE_AT, texts=texts) for texts in (ENGLISH, _marked_texts())]
    assert composed[0].payload == composed[1].payload
    assert json.loads(composed[0].payload)["data"]["stance"] == {"before": "supports", "after": "conditional"}


def test_every_stance_kind_and_fall_has_its_wording() -> None:
    for kind in ChangeKind:
        assert kind.value in ENGLISH.moves and kind.value in ENGLISH.kinds
    assert {"supports", "opposes", "conditional"} == set(ENGLISH.stances)
    assert {"pending", "dropped", "retracted"} == set(ENGLISH.reasons)
