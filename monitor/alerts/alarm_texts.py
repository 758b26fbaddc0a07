"""Every wording of a mail to operators; `Texts.alarm` holds those of its language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmTexts:
    """The wordings in one language; the defaults are English. What a trouble itself says comes from where it is."""

    subject: str = "Volteface operations: {what}"
    one: str = "{kind}: {name}"
    many: str = "{count} troubles ({names})"
    over_one: str = "over: {kind}: {name}"
    over_many: str = "{count} troubles are over ({names})"
    and_also: str = "{first}; {second}"
    lead_new: str = "This needs a look."
    lead_over: str = "This is over."
    new: str = "New"
    over: str = "Over"
    since: str = "since {since}"
    lasted: str = "from {since} to {until}"
    do: str = "What to do: {remedy}"
    more: str = "and {count} more; `volteface alarms` lists all"
    footer: str = "Sent by Volteface to its operators. Each trouble is told once, and again when it is over."
