"""How somebody is called in a subject line."""

from __future__ import annotations

from rules.model import ActorKind, ActorRule

_PARTICLES = frozenset(
    ["af", "al", "ap", "av", "bin", "da", "das", "de", "degli", "dei", "del", "della", "den", "der", "di", "dos", "du"]
).union(["el", "la", "le", "ten", "ter", "van", "vom", "von", "zu", "zum", "zur"])
# A name that ends with one of these would be called after it: "Junior", "III".
_SUFFIXES = frozenset(["jr", "jr.", "sr", "sr.", "ii", "iii", "iv"])


def short_name(actor: ActorRule) -> str:
    """The name that a headline would use: "Starmer", "von der Leyen"; for whoever is no person, the whole name.

    An alias that is the end of the name is preferred, since an operator has chosen it.
    """
    if actor.kind not in (ActorKind.PERSON, ActorKind.COMMENTATOR):
        return actor.name
    for alias in actor.aliases:
        if actor.name.casefold().endswith(" " + alias.casefold()):
            return alias
    words = actor.name.split()
    last = len(words) - 1
    while last > 0 and words[last].casefold() in _SUFFIXES:
        last -= 1
    while last > 1 and words[last - 1].casefold() in _PARTICLES:
        last -= 1
    return " ".join(words[last:]) if last > 0 else actor.name
