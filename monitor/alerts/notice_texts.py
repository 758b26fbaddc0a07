"""Every wording of a notice about a subscription itself; `Texts.notice` holds those of its language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_KINDS = {
    "first": "first known positions",
    "reversed": "reversals",
    "softened": "softened positions",
    "hardened": "hardened positions",
    "withdrawn": "withdrawn positions",
    "split": "splits within a body",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeTexts:
    """The wordings in one language; the defaults are English. `kinds` are what changes are called, by kind."""

    confirm_subject: str = "Please confirm: alerts from Volteface for {subscriber}"
    confirm_lead: str = "Do you want these alerts?"
    confirm_asked: str = (
        "The operators of Volteface at {place} entered this address, under the name “{subscriber}”, to be sent alerts "
        "by mail:"
    )
    confirm_do: str = (
        "Nothing is sent before you say so. Open the link within {days} days and press the button on the page."
    )
    confirm_else: str = "If it was not you who asked, do nothing: no further mail comes of it."
    added_subject: str = "New alerts from Volteface for {subscriber}"
    added_lead: str = "A subscription was added for you"
    added_said: str = (
        "The operators of Volteface at {place} added a subscription, under the name “{subscriber}”, to this address, "
        "which you confirmed before:"
    )
    added_do: str = "The links below change it or end it at once."
    stopped_subject: str = "Alerts by {channel} for {subscriber} have stopped"
    stopped_lead: str = "A way to reach you was given up"
    stopped_said: str = (
        "Nothing more is sent to the target below. What it would have been told is not repeated here; what still waits "
        "for it is kept."
    )
    stopped_target: str = "Target"
    stopped_subscription: str = "Subscription"
    stopped_why: str = "Why"
    stopped_since: str = "Since"
    stopped_do: str = "When it works again, or has a new address, ask the operators to enable it."
    stopped_footer: str = (
        "Sent once by Volteface, which watches the news and tells you when somebody changes their position."
    )
    link_confirm: str = "Yes, I want these alerts"
    footer: str = (
        "Sent once by Volteface, which watches the news and tells you when somebody changes their position, "
        "because its operators entered this address."
    )

    who: str = "Who"
    everybody: str = "everybody who is watched"
    officials: str = "{who}; no commentators"
    issues: str = "On what"
    everything: str = "every issue that is watched"
    which: str = "Which changes"
    every_kind: str = "every change of position"
    least: str = "{which}, {share} sure or more"
    pending: str = "{which}; those not confirmed yet, too"
    when: str = "When"
    operations: str = "troubles of the service itself, for its operators"
    kinds: Mapping[str, str] = field(default_factory=lambda: dict(_KINDS))
