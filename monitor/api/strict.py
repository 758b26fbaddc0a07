"""What a request says and nobody reads is an error: a misspelt filter would otherwise be ignored in silence."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches

from fastapi import HTTPException
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request

from monitor.api.access import operation_of

YAML_TOO = frozenset({("PUT", "/api/rules/{kind}/{rule}"), ("POST", "/api/rules/preview")})
"""Operations that take a file of rules, which may be YAML."""

_YAML = frozenset(
    {"application/yaml", "application/x-yaml", "text/yaml", "text/plain", "application/x-www-form-urlencoded"}
)
"""The last is what curl says of whatever it sends."""


def strict(request: Request) -> None:
    """Refuses query parameters that are unknown or repeated, and bodies of another kind than the operation takes.

    Raises RequestValidationError, and HTTPException 415.
    """
    operation = operation_of(request.method, request.url.path)
    if operation is None:
        return
    method, path = operation
    described = request.app.openapi()["paths"][path][method.lower()]
    known = [one["name"] for one in described.get("parameters", ()) if one["in"] == "query"]
    wrong = []
    for name, times in Counter(key for key, _ in request.query_params.multi_items()).items():
        if name not in known:
            close = get_close_matches(name, known, n=1)
            what = f"there is no such parameter{f'; did you mean {close[0]}?' if close else ''}"
            wrong.append({"loc": ("query", name[:100]), "msg": what, "type": "extra_forbidden"})
        elif times > 1:
            wrong.append({"loc": ("query", name), "msg": "is given more than once", "type": "value_error"})
    if wrong:
        raise RequestValidationError(wrong)
    if "requestBody" in described:
        _must_be_taken(request, yaml=operation in YAML_TOO)


def _must_be_taken(request: Request, *, yaml: bool) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if not kind and yaml:
        return
    if kind != "application/json" and not (yaml and kind in _YAML):
        raise HTTPException(415, f"Send application/json{' or application/yaml' if yaml else ''}.")
