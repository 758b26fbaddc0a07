"""Packs laid one over the other: the same id replaces, a new id adds, `disabled` switches off, `aliases+` adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from rules.drafts import Draft
from rules.model import RuleKind
from rules.problem import Place, Report, did_you_mean
from rules.values import Placed

Key = tuple[RuleKind, str]


@dataclass(frozen=True, slots=True)
class Layered:
    """A rule after all packs; `disabled` is where it was switched off, or None while it is on."""

    draft: Draft
    disabled: Place | None

    @property
    def place(self) -> Place:
        """Where the rule begins."""
        return self.draft.place

    def value(self, key: str) -> Placed[object] | None:
        """A single value."""
        return self.draft.values.get(key)

    def entries(self, key: str) -> tuple[Placed[object], ...]:
        """The entries of a list."""
        return self.draft.lists.get(key, ())


def lay_over(below: Mapping[Key, Layered], drafts: Iterable[Draft], report: Report) -> dict[Key, Layered]:
    """The rules of a pack laid over those below it."""
    result = dict(below)
    first: dict[Key, Place] = {}
    for draft in drafts:
        key = (draft.kind, draft.id)
        if key in first:
            report.error(draft.place, f"`{draft.id}` is there twice (first at {first[key]})", "rename or remove one")
            continue
        first[key] = draft.place
        under = result.get(key)
        if not draft.adds:
            result[key] = Layered(draft, _switched_off(draft))
        elif under is None:
            known = [identity for kind, identity in below if kind is draft.kind]
            remedy = did_you_mean(draft.id, known, "write the whole rule, or remove it")
            report.error(draft.place, f"no {draft.kind} `{draft.id}` below this one to change", remedy)
        else:
            result[key] = _changed(under, draft)
    return result


def _switched_off(draft: Draft) -> Place | None:
    flag = draft.values.get("disabled")
    return flag.place if flag is not None and flag.value else None


def _changed(under: Layered, draft: Draft) -> Layered:
    lists = dict(under.draft.lists)
    for key, entries in draft.lists.items():
        plain = key.removesuffix("+")
        lists[plain] = (*lists.get(plain, ()), *entries)
    disabled = _switched_off(draft) if "disabled" in draft.values else under.disabled
    return Layered(replace(under.draft, lists=lists), disabled)
