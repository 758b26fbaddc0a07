"""What a token of the API may be used for. Where a token does a thing, it stands in `monitor.api.access`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.account import Role


class Scope(StrEnum):
    """One part of the API.

    READ is all that readers see. SUBSCRIPTIONS are those of the token's owner, to read and to change. The others are
    for operators: DESK_READ shows reports and deliveries, AUDIT_READ who did what, METRICS_READ the measurements; each
    `write` changes its noun.
    """

    READ = "read"
    SUBSCRIPTIONS = "subscriptions"
    DESK_READ = "desk:read"
    AUDIT_READ = "audit:read"
    METRICS_READ = "metrics:read"
    RULES_WRITE = "rules:write"
    FEEDS_WRITE = "feeds:write"
    VERDICTS_WRITE = "verdicts:write"
    DELIVERIES_WRITE = "deliveries:write"


SCOPES_OF: Mapping[Role, frozenset[Scope]] = {
    Role.SUBSCRIBER: frozenset({Scope.READ, Scope.SUBSCRIPTIONS}),
    Role.OPERATOR: frozenset(Scope),
}
"""What a token may be given at most, by the role of its owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token as its owner sees it again: by name and by how it begins. `scopes` as they were given."""

    id: int
    account_id: int
    name: str
    begins: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def works(self, now: datetime) -> bool:
        """Whether it opens anything still."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


def may(scopes: frozenset[Scope], role: Role) -> frozenset[Scope]:
    """What of a token's scopes counts: an owner who is no longer an operator takes their tokens' rights along."""
    return scopes & SCOPES_OF[role]
