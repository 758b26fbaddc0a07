"""A text that an operator pastes: what the rules, with the draft among them, find and read in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from monitor.api.names import Names
from monitor.model.item import Item
from monitor.pipeline.rule_edits import RuleChange, edited
from monitor.positions.explain import explain
from monitor.web.door import Fields
from monitor.web.highlight import Mark, segments
from monitor.web.pages.rules.bench import Bench, one
from monitor.web.pages.rules.form import as_sent
from rules.compiler import compile_rules
from rules.model import AnyRule, RuleSet
from storage.rule_bodies import kind_of

LONGEST = 20_000
LANGUAGES = ("en", "de", "fr", "es", "it")


def tried(bench: Bench, rule: AnyRule, in_force: RuleSet, sent: Fields) -> Mapping[str, Any]:
    """The text with the words at which rules stand, and what was read sentence by sentence, or why nothing was."""
    text = as_sent(one(sent, "try_text")).strip()
    asked = {"text": text, "date": one(sent, "try_date"), "lang": one(sent, "try_lang") or "en"}
    problem = _problem(asked)
    if problem:
        return {**asked, "problem": problem}
    day = date.fromisoformat(asked["date"]) if asked["date"] else bench.desk.clock().date()
    rules = edited(in_force, [RuleChange(kind=kind_of(rule), id=rule.id, before=None, after=rule)])
    item = _item(text, day, asked["lang"])
    matches = compile_rules(rules).match(item.fields, item.day, item.lang, item.sources)
    reading = bench.examples.read(item, matches, rules)
    names = Names(rules)
    marks = [Mark(m.start, m.end, m.kind.value, f"{m.kind} {names.rule(m.kind, m.rule)}, by {m.via}") for m in matches]
    mine = sum(match.kind is kind_of(rule) and match.rule == rule.id for match in matches)
    return {
        **asked,
        "problem": "",
        "segments": segments(text, marks),
        "mine": mine,
        "found": list(dict.fromkeys((m.kind.value, m.rule, names.rule(m.kind, m.rule)) for m in matches)),
        "explained": explain(item, matches, reading),
        "names": names,
    }


def _problem(asked: Mapping[str, str]) -> str:
    if not asked["text"]:
        return "Paste a text to try."
    if len(asked["text"]) > LONGEST:
        return f"At most {LONGEST:,} characters."
    if asked["lang"] not in LANGUAGES:
        return "Choose one of the languages."
    try:
        if asked["date"]:
            date.fromisoformat(asked["date"])
    except ValueError:
        return "Write the day as year, month and day, such as 2025-05-06."
    return ""


def _item(text: str, day: date, lang: str) -> Item:
    moment = datetime.combine(day, time(12), UTC)
    return Item(
        id=0, revision=1, story_id=0, feed_id=None, identity="a text to try", url=None, title="", text=text,
        published_at=moment, seen_at=moment, lang=lang, publisher="",
    )  # fmt: skip
