"""The OpenAPI document: what FastAPI knows, and what only we know: who may, what always comes along, and examples.

Examples are put together from those of the fields, so that none can fall behind its schema.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from monitor.api.access import ACCESS
from monitor.api.problem import MEDIA_TYPE, Problem, example_of
from monitor.model.scope import Scope

Document = dict[str, Any]

PROMISES = (
    (
        "Who may",
        "Reading is open to whoever may read the pages. All else takes a token, sent in the header Authorization as "
        "“Bearer vft_…”; accounts make theirs on /account/tokens, operators also by the command volteface tokens. A "
        "token does what its scopes say, as far as the role of its owner goes. A session's cookie reads like its "
        "owner, and writes only with the header X-CSRF-Token.",
    ),
    (
        "Lists",
        "They come in pages: follow next, which the Link header says too, until it is null. What comes in meanwhile "
        "moves nothing.",
    ),
    (
        "ETags",
        "They are on everything that is got: send If-None-Match to be told 304 instead. Rules and subscriptions are "
        "replaced only with If-Match, so that nobody overrules what they have not seen: 428 without it, 412 where it "
        "changed.",
    ),
    ("Errors", "They are application/problem+json (RFC 9457), with what is wrong by its place."),
    ("Limits", "They are told by RateLimit headers; beyond them comes 429 with Retry-After."),
    ("Moments", "They are in UTC, written as ISO 8601."),
)
"""What holds for all of the API, for people."""

ABOUT = "The same nouns as the pages, as JSON.\n\n" + "\n\n".join(f"**{name}.** {words}" for name, words in PROMISES)

TAGS = {
    "changes": "Who changed their position, with the evidence before and after.",
    "positions": "Who holds what, now or at a date.",
    "statements": "Who said what: what positions are made of. Operators confirm, reject and correct them.",
    "items": "What was published, by words, and the copies of a story.",
    "actors": "Whose positions are watched.",
    "issues": "What positions are watched on.",
    "rules": "What is watched, in full: every version, edits and previews.",
    "feeds": "Where items come from, and how the feeds are.",
    "subscriptions": "What the owner of the token is told, and when.",
    "reports": "What readers say is wrong.",
    "deliveries": "Alerts on their way, and dead letters.",
    "audit": "Who did what.",
}

_STATUSES = {401, 403, 429}
_MOMENT, _DAY = "2025-02-17T09:30:00Z", "2025-02-17"


def describe(app: FastAPI) -> Callable[[], Document]:
    """What makes the document of an application, once."""
    made: Document = {}

    def openapi() -> Document:
        if not made:
            document = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=ABOUT,
                routes=app.routes,
                tags=[{"name": name, "description": words} for name, words in TAGS.items()],
            )
            made.update(_completed(document))
        return made

    return openapi


def _completed(document: Document) -> Document:
    schemas = document["components"]["schemas"]
    schemas.setdefault("Problem", Problem.model_json_schema(ref_template="#/components/schemas/{model}"))
    schemas |= schemas["Problem"].pop("$defs", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    document["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token with the scopes that are named."},
        "session": {"type": "apiKey", "in": "cookie", "name": "volteface", "description": "Somebody signed in."},
    }
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete(operation, method, ACCESS[method.upper(), path], schemas)
    return document


def _complete(operation: Document, method: str, scope: Scope | None, schemas: Mapping[str, Any]) -> None:
    operation["security"] = _security(scope)
    if scope is not None:
        operation["description"] = f"{operation.get('description', '')}\n\nScope: `{scope}`.".strip()
    responses = operation["responses"]
    if scope is None or scope is Scope.READ:
        # Open where the pages are; where they are not, both can happen.
        responses.setdefault("401", {"description": "Unauthorized"})
    if "requestBody" in operation:
        for possible in ("400", "413", "415"):
            responses.setdefault(possible, {})
    for status in list(responses):
        if int(status) >= 400:
            responses[status] = _problem(int(status))
    if method == "get":
        responses["304"] = {"description": "It is as it was: the ETag was named in `If-None-Match`."}
    for content in _contents(operation, responses):
        if "example" not in content and "examples" not in content:
            content["example"] = example(content.get("schema", {}), schemas)
    for status, answer in responses.items():
        answer["headers"] = _headers(int(status), method)


def _security(scope: Scope | None) -> list[dict[str, list[str]]]:
    named = [] if scope is None else [scope.value]
    known: list[dict[str, list[str]]] = [{"token": named}, {"session": []}]
    return [{}, *known] if scope is None or scope is Scope.READ else known


def _contents(operation: Document, responses: Document) -> list[Document]:
    found = list(operation.get("requestBody", {}).get("content", {}).values())
    for status, answer in responses.items():
        if int(status) < 400:
            found += answer.get("content", {}).values()
    return found


def _problem(status: int) -> Document:
    shown = example_of(status)
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": shown}}
    return {"description": shown["title"], "content": content}


def _headers(status: int, method: str) -> Document:
    words = {"RateLimit": '"requests";r=119;t=1', "RateLimit-Policy": '"requests";q=120;w=60'}
    if method == "get" and status in (200, 304):
        words["ETag"] = '"0f343b0931126a20f133d67c2b018a3b"'
    if status == 429:
        words["Retry-After"] = "1"
    return {name: {"schema": {"type": "string"}, "example": value} for name, value in words.items()}


def example(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """A value that fits the schema, from the examples of its parts."""
    if schema.get("examples"):
        return schema["examples"][0]
    if "example" in schema or "const" in schema or "default" in schema:
        return next(schema[key] for key in ("example", "const", "default") if key in schema)
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for joined in ("anyOf", "oneOf", "allOf"):
        if joined in schema:
            parts = [part for part in schema[joined] if part.get("type") != "null"]
            return example(parts[0], schemas)
    if "enum" in schema:
        return schema["enum"][0]
    return _of_type(schema, schemas)


def _of_type(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            shown = {name: example(part, schemas) for name, part in schema.get("properties", {}).items()}
            more = schema.get("additionalProperties")
            if isinstance(more, dict) and not shown:
                names = schema.get("propertyNames", {})
                return {str(example(names, schemas) if names else "name"): example(more, schemas)}
            return shown
        case "array":
            return [example(schema.get("items", {}), schemas)]
        case "integer":
            return 12
        case "number":
            return 0.97
        case "boolean":
            return False
        case "string":
            return {"date-time": _MOMENT, "date": _DAY}.get(schema.get("format", ""), "text")
    return None
