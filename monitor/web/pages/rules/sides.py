"""The two sides of a draft, form and YAML: which of them was edited, and the other brought up to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from monitor.web.door import Fields
from monitor.web.pages.rules.form import RuleForm, as_sent, entry_of_form, form_of, known_keys, mark_of, sent_form
from rules.model import AnyRule, RuleKind, RuleSet
from rules.one_rule import DRAFT, ReadRule, read_rule
from rules.problem import Problem
from rules.yaml_writer import rewritten

Side = Literal["form", "text"]

_ELSEWHERE = re.compile(rf"{DRAFT}:(\d+):\d+")
"""How a problem speaks of another place in the same text."""

BOTH = "Both the form and the YAML were edited, each otherwise. Say which of them holds."


@dataclass(frozen=True, slots=True)
class Marked:
    """A problem where it is shown: the line of the YAML, the column in it, and the name of the form's field."""

    line: int
    column: int
    field: str | None
    message: str
    remedy: str
    fatal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """A draft on both sides. `taken` is the side that held, None where both were edited and neither was named.

    `unreadable` is true where the YAML cannot be shown as a form: the form then stands still.
    """

    form: RuleForm
    text: str
    read: ReadRule
    taken: Side | None
    unreadable: bool

    @property
    def rule(self) -> AnyRule | None:
        """The rule, where it can be used."""
        return self.read.rule if self.taken is not None else None

    @property
    def marks(self) -> list[Marked]:
        """The problems, where they are."""
        return [self._marked(problem) for problem in self.read.problems]

    def _marked(self, problem: Problem) -> Marked:
        name = self.form.name_of(self.read.part_of(problem))
        message = _ELSEWHERE.sub(r"line \1", problem.message)
        return Marked(problem.line, problem.column, name, message, problem.remedy, problem.fatal)


def sides_of(kind: RuleKind, text: str, in_force: RuleSet, known_as: str | None) -> Sides:
    """Both sides of a text."""
    read = read_rule(kind, text, in_force, known_as)
    form = form_of(kind, read.table)
    return Sides(form=form, text=text, read=read, taken="text", unreadable=read.table is None)


def sent_sides(kind: RuleKind, sent: Fields, in_force: RuleSet, known_as: str | None) -> Sides:
    """Both sides as they were sent. What was edited holds, or the side that `take` names."""
    text, form = as_sent((sent.get("text") or [""])[0]), sent_form(kind, sent)
    form_there = "form_there" in sent
    form_edited = form_there and form.mark != _one(sent, "form_was")
    text_edited = mark_of(text) != _one(sent, "text_was")
    named = _one(sent, "take")
    if (named == "form" and form_there) or (named != "text" and form_edited and not text_edited):
        text = rewritten(text, entry_of_form(form), known_keys(kind))
        read = read_rule(kind, text, in_force, known_as)
        return Sides(form=form, text=text, read=read, taken="form", unreadable=False)
    if form_edited and text_edited and named != "text":
        read = read_rule(kind, text, in_force, known_as)
        return Sides(form=form, text=text, read=read, taken=None, unreadable=False)
    found = sides_of(kind, text, in_force, known_as)
    if not found.unreadable or not form_there:
        return found
    return Sides(form=form, text=text, read=found.read, taken="text", unreadable=True)


def _one(sent: Fields, name: str) -> str:
    return (sent.get(name) or [""])[0]
