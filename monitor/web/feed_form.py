"""What operators type into the form of a feed, and what is wrong with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitor.alerts.clean import one_line
from monitor.feeds.cadence import LONGEST_WAIT_S
from storage.feed_edits import FeedSettings

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_LONGEST = 300
_ARTICLES: Mapping[str, bool | None] = {"default": None, "on": True, "off": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedForm:
    """The fields as they are shown; texts, so that what was typed comes back as it was typed."""

    title: str = ""
    folder: str = ""
    lang: str = ""
    publisher: str = ""
    shortest: str = ""
    longest: str = ""
    articles: str = "default"

    @classmethod
    def of(cls, settings: FeedSettings) -> FeedForm:
        """The form of a feed's settings; intervals in minutes."""
        return cls(
            title=settings.title,
            folder=settings.folder,
            lang=settings.lang or "",
            publisher=settings.publisher or "",
            shortest=_minutes(settings.shortest_s),
            longest=_minutes(settings.longest_s),
            articles={None: "default", True: "on", False: "off"}[settings.articles],
        )

    @classmethod
    def sent(cls, fields: Mapping[str, Sequence[str]]) -> FeedForm:
        """The form as it was sent."""
        names = ("title", "folder", "lang", "publisher", "shortest", "longest", "articles")
        return cls(**{name: one_line((fields.get(name) or [""])[0], _LONGEST) for name in names})


@dataclass(slots=True)
class ReadForm:
    """What a form says; `problems` by field."""

    settings: FeedSettings
    problems: dict[str, str] = field(default_factory=dict)


def read_form(form: FeedForm) -> ReadForm:
    """The settings that a form asks for, and what of it cannot be meant."""
    problems: dict[str, str] = {}
    lang = form.lang.casefold() or None
    if lang and not _LANGUAGE.fullmatch(lang):
        problems["lang"] = "Write the language's code of two or three letters, such as en, de or uk."
    bounds = {name: _seconds(name, getattr(form, name), problems) for name in ("shortest", "longest")}
    shortest, longest = bounds["shortest"], bounds["longest"]
    if shortest is not None and longest is not None and shortest > longest:
        problems["longest"] = "It must be at least as long as the shortest distance."
    if form.articles not in _ARTICLES:
        problems["articles"] = "Choose one of the three."
    settings = FeedSettings(
        title=form.title,
        folder=form.folder,
        lang=lang,
        publisher=form.publisher or None,
        shortest_s=shortest,
        longest_s=longest,
        articles=_ARTICLES.get(form.articles),
    )
    return ReadForm(settings, problems)


def _seconds(name: str, minutes: str, problems: dict[str, str]) -> int | None:
    if not minutes:
        return None
    try:
        seconds = round(float(minutes.replace(",", ".")) * 60)
    except (ValueError, OverflowError):
        seconds = 0
    if not 1 <= seconds <= LONGEST_WAIT_S:
        problems[name] = (
            f"Write a number of minutes up to {LONGEST_WAIT_S // 60}, or nothing for the service's own bound."
        )
        return None
    return seconds


def _minutes(seconds: int | None) -> str:
    return "" if seconds is None else f"{seconds / 60:g}"
