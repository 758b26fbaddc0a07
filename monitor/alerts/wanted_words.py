"""What a subscription wants, in words: for the mail that asks for a confirmation, and for the pages. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.alerts.clean import one_line
from monitor.alerts.texts import ENGLISH, Texts
from monitor.alerts.timing_words import in_words
from monitor.model.alert import Audience, Filter, Subscription

MOST_NAMES = 12
LONGEST_NAME = 120


def wanted_words(
    subscription: Subscription, actors: Mapping[str, str], issues: Mapping[str, str], texts: Texts = ENGLISH
) -> tuple[tuple[str, str], ...]:
    """The filter and the timing as rows of a name and a value. `actors` and `issues` are names by id.

    An id without a name, as of a rule that is gone, stands for itself.
    """
    words = texts.notice
    when = (words.when, in_words(subscription.timing))
    if subscription.audience is Audience.OPERATIONS:
        return (words.which, words.operations), when
    wanted = subscription.filter
    who = _listed(wanted.actors, actors, texts) or words.everybody
    return (
        (words.who, who if wanted.commentators else words.officials.format(who=who)),
        (words.issues, _listed(wanted.issues, issues, texts) or words.everything),
        (words.which, _which(wanted, texts)),
        when,
    )


def _which(wanted: Filter, texts: Texts) -> str:
    words = texts.notice
    which = texts.comma.join(words.kinds.get(kind, kind) for kind in sorted(wanted.kinds)) or words.every_kind
    if wanted.least_confidence:
        share = texts.percent.format(figure=f"{wanted.least_confidence * 100:.4g}")
        which = words.least.format(which=which, share=share)
    return words.pending.format(which=which) if wanted.pending else which


def _listed(ids: Iterable[str], names: Mapping[str, str], texts: Texts) -> str:
    shown = sorted(one_line(names.get(one, one), LONGEST_NAME) for one in ids)
    more = len(shown) - MOST_NAMES
    listed = texts.comma.join(shown[:MOST_NAMES])
    return f"{listed} {texts.also_more.format(count=more)}" if more > 0 else listed
