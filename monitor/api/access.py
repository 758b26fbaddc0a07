"""Who may do what over the API: one table of all operations, each with the scope that it takes.

What is not in it is not there. `monitor.web.api_gate` goes by it before any route is looked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from re import Pattern

from starlette.requests import Request
from starlette.routing import compile_path

from monitor.model.account import Account
from monitor.model.scope import Scope

Operation = tuple[str, str]
"""A method and a path as in the routes."""

OPEN = None
"""What everybody may, whoever may read the pages: the description of the API itself."""

ACCESS: Mapping[Operation, Scope | None] = {
    ("GET", "/api/"): OPEN,
    ("GET", "/api/openapi.json"): OPEN,
    ("GET", "/api/actors"): Scope.READ,
    ("GET", "/api/actors/{actor}"): Scope.READ,
    ("GET", "/api/issues"): Scope.READ,
    ("GET", "/api/issues/{issue}"): Scope.READ,
    ("GET", "/api/changes"): Scope.READ,
    ("GET", "/api/changes/{change_id}"): Scope.READ,
    ("GET", "/api/positions"): Scope.READ,
    ("GET", "/api/statements"): Scope.READ,
    ("GET", "/api/statements/{statement_id}"): Scope.READ,
    ("GET", "/api/items"): Scope.READ,
    ("GET", "/api/items/{item_id}"): Scope.READ,
    ("GET", "/api/stories/{story_id}"): Scope.READ,
    ("GET", "/api/feeds"): Scope.READ,
    ("GET", "/api/feeds/{feed_id}"): Scope.READ,
    ("GET", "/api/rules"): Scope.READ,
    ("GET", "/api/rules/{kind}/{rule}"): Scope.READ,
    ("GET", "/api/rules/{kind}/{rule}/versions"): Scope.READ,
    ("PUT", "/api/rules/{kind}/{rule}"): Scope.RULES_WRITE,
    ("DELETE", "/api/rules/{kind}/{rule}"): Scope.RULES_WRITE,
    ("POST", "/api/rules/{kind}/{rule}/restore"): Scope.RULES_WRITE,
    ("POST", "/api/rules/preview"): Scope.RULES_WRITE,
    ("POST", "/api/feeds"): Scope.FEEDS_WRITE,
    ("PATCH", "/api/feeds/{feed_id}"): Scope.FEEDS_WRITE,
    ("DELETE", "/api/feeds/{feed_id}"): Scope.FEEDS_WRITE,
    ("POST", "/api/feeds/{feed_id}/poll"): Scope.FEEDS_WRITE,
    ("GET", "/api/statements/{statement_id}/verdicts"): Scope.DESK_READ,
    ("POST", "/api/statements/{statement_id}/verdicts"): Scope.VERDICTS_WRITE,
    ("GET", "/api/reports"): Scope.DESK_READ,
    ("POST", "/api/reports/{report_id}/close"): Scope.VERDICTS_WRITE,
    ("GET", "/api/deliveries"): Scope.DESK_READ,
    ("GET", "/api/deliveries/{delivery_id}"): Scope.DESK_READ,
    ("POST", "/api/deliveries/{delivery_id}/retry"): Scope.DELIVERIES_WRITE,
    ("GET", "/api/audit"): Scope.AUDIT_READ,
    ("GET", "/api/subscriptions"): Scope.SUBSCRIPTIONS,
    ("POST", "/api/subscriptions"): Scope.SUBSCRIPTIONS,
    ("POST", "/api/subscriptions/dry-run"): Scope.SUBSCRIPTIONS,
    ("GET", "/api/subscriptions/{subscription_id}"): Scope.SUBSCRIPTIONS,
    ("PUT", "/api/subscriptions/{subscription_id}"): Scope.SUBSCRIPTIONS,
    ("DELETE", "/api/subscriptions/{subscription_id}"): Scope.SUBSCRIPTIONS,
    ("GET", "/api/subscriptions/{subscription_id}/alerts"): Scope.SUBSCRIPTIONS,
}
"""By operation. The first path that fits counts, so fixed words stand before what varies where both would fit."""

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class By(StrEnum):
    """How somebody made themselves known."""

    NOTHING = "nothing"
    SESSION = "session"
    TOKEN = "token"  # noqa: S105 - a kind
    OPERATOR_TOKEN = "operator token"  # noqa: S105 - a kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks. `who` is what the audit log calls them; the token of the settings has no account."""

    who: str
    by: By
    scopes: frozenset[Scope] = frozenset()
    account: Account | None = None
    token_id: int | None = None


NOBODY = Caller(who="", by=By.NOTHING)
OPERATOR_TOKEN = Caller(who="operator token", by=By.OPERATOR_TOKEN, scopes=frozenset(Scope) - {Scope.SUBSCRIPTIONS})
"""Whoever has the token of the settings: it may all, but belongs to nobody who could subscribe."""


def caller(request: Request) -> Caller:
    """Who asks, as the gate found out."""
    found: Caller = getattr(request.state, "caller", NOBODY)
    return found


def operation_of(method: str, path: str) -> Operation | None:
    """The operation that an address means; None where there is none."""
    if (method, path) in ACCESS:
        return method, path
    fits = (of for of, pattern in _OPERATIONS if of[0] == method and pattern.match(path))
    return next(fits, None)


def allowed(path: str) -> dict[str, Scope | None]:
    """The methods that an address answers to, with what each takes; none where there is no such address."""
    found: dict[str, Scope | None] = {}
    for pattern, method, scope in _PATTERNS:
        if pattern.match(path) and method not in found:
            found[method] = scope
    if path in _FIXED:
        return {method: scope for (method, fixed), scope in ACCESS.items() if fixed == path}
    return found


_PATTERNS: list[tuple[Pattern[str], str, Scope | None]] = [
    (compile_path(path)[0], method, scope) for (method, path), scope in ACCESS.items()
]
_FIXED = frozenset(path for _, path in ACCESS if "{" not in path)
_OPERATIONS: list[tuple[Operation, Pattern[str]]] = [(of, compile_path(of[1])[0]) for of in ACCESS]
