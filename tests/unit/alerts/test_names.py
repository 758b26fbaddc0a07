"""What somebody is called in a subject line."""

from __future__ import annotations

import pytest

from monitor.alerts.names import short_name
from rules.model import ActorKind, ActorRule


@pytest.mark.parametrize(
    ("name", "kind", "aliases", "short"),
    [
        ("Keir Starmer", ActorKind.PERSON, (), "Starmer"),
        ("Ursula von der Leyen", ActorKind.PERSON, (), "von der Leyen"),
        ("Volodymyr Zelensky", ActorKind.PERSON, ("Zelenskyy", "Zelensky"), "Zelensky"),
        ("Recep Tayyip Erdoğan", ActorKind.PERSON, ("Tayyip Erdoğan",), "Tayyip Erdoğan"),
        ("Donald Trump Jr.", ActorKind.PERSON, (), "Trump Jr."),
        ("Lula", ActorKind.PERSON, (), "Lula"),
        ("Van Jones", ActorKind.COMMENTATOR, (), "Jones"),
        ("Den Haag", ActorKind.GROUP, (), "Den Haag"),
        ("United Kingdom", ActorKind.STATE, ("Kingdom",), "United Kingdom"),
        ("European Commission", ActorKind.INSTITUTION, (), "European Commission"),
    ],
)
def test_short_names(name: str, kind: ActorKind, aliases: tuple[str, ...], short: str) -> None:
    assert short_name(ActorRule(id="x", name=name, kind=kind, aliases=aliases)) == short
