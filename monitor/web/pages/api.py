"""/api/: the API described for people, from the same document that programs read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from monitor.api.access import ACCESS
from monitor.api.description import PROMISES
from monitor.model.scope import Scope
from monitor.web.desk import Desk

SCOPES = {
    Scope.READ: "what readers see, where reading is not open to all",
    Scope.SUBSCRIPTIONS: "the owner's own subscriptions",
    Scope.DESK_READ: "reports, verdicts and deliveries",
    Scope.AUDIT_READ: "the audit log",
    Scope.METRICS_READ: "the measurements at /metrics",
    Scope.RULES_WRITE: "previews, edits and restores of rules",
    Scope.FEEDS_WRITE: "feeds: add, edit, pause, remove, poll",
    Scope.VERDICTS_WRITE: "verdicts on statements, and closing reports",
    Scope.DELIVERIES_WRITE: "sending dead letters again",
}
"""What each scope opens, in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An operation as the page shows it. `sent` and `answer` are examples, by kind of content."""

    method: str
    path: str
    anchor: str
    summary: str
    words: str
    scope: str
    parameters: list[dict[str, Any]]
    sent: list[tuple[str, str]]
    status: str
    answer: str
    others: list[tuple[str, str]]


def api_page_router(desk: Desk, document: Callable[[], dict[str, Any]]) -> APIRouter:
    """The page over the OpenAPI document."""
    router = APIRouter(include_in_schema=False)

    def page() -> HTMLResponse:
        found = document()
        groups = [(tag, _operations(found, tag["name"])) for tag in found["tags"]]
        values = {"groups": groups, "scopes": SCOPES, "promises": PROMISES}
        return desk.pages.page("api.html", values)

    router.add_api_route("/api/", page, methods=["GET"], response_class=HTMLResponse)
    return router


def _operations(document: dict[str, Any], tag: str) -> list[Shown]:
    return [
        _shown(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if tag in operation.get("tags", ())
    ]


def _shown(method: str, path: str, operation: dict[str, Any]) -> Shown:
    good = next(status for status in operation["responses"] if status.startswith("2"))
    contents = operation["responses"][good].get("content", {})
    scope = ACCESS[method.upper(), path]
    return Shown(
        method=method.upper(),
        path=path,
        anchor=operation["operationId"],
        summary=operation["summary"],
        words=operation.get("description", "").partition("\n\nScope:")[0],
        scope="" if scope is None else scope.value,
        parameters=[
            {"name": one["name"], "in": one["in"], "required": one.get("required", False), "words": _words(one)}
            for one in operation.get("parameters", ())
        ],
        sent=[(kind, _text(content)) for kind, content in operation.get("requestBody", {}).get("content", {}).items()],
        status=good,
        answer=next((_text(content) for content in contents.values()), ""),
        others=[(status, one["description"]) for status, one in operation["responses"].items() if status != good],
    )


def _words(parameter: dict[str, Any]) -> str:
    schema = parameter.get("schema", {})
    choices: list[str] = next((part["enum"] for part in (schema, *schema.get("anyOf", ())) if "enum" in part), [])
    return parameter.get("description") or " · ".join(choices)


def _text(content: dict[str, Any]) -> str:
    example = content.get("example", "")
    return example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=2)
