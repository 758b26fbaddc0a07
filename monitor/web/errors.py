"""Errors as a page for people and as problem+json under /api. None of them shows what only operators may know."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from monitor.api.problem import Invalid, invalid_parts, problem
from monitor.api.router import PREFIX
from monitor.web.render import Renderer
from monitor.web.secret_paths import shown_path
from storage.errors import NotFound, StorageError

_log = structlog.get_logger(__name__)

_WORDS = {
    404: "There is no such page.",
    405: "This address only answers to other methods.",
    500: "Something went wrong on our side; it is in the log.",
    503: "The database does not answer just now; try again in a moment.",
}


class Errors:
    """The answers to what goes wrong."""

    def __init__(self, pages: Renderer) -> None:
        self._pages = pages

    def register(self, app: FastAPI) -> None:
        """Makes the application answer with these."""
        app.add_exception_handler(HTTPException, self.http)
        app.add_exception_handler(RequestValidationError, self.invalid)
        app.add_exception_handler(NotFound, self.not_found)
        app.add_exception_handler(StorageError, self.storage)

    async def http(self, request: Request, error: Exception) -> Response:
        """What the router or a view refuses."""
        assert isinstance(error, HTTPException)
        said = str(error.detail)
        default = said == HTTPStatus(error.status_code).phrase
        detail = _WORDS.get(error.status_code, said) if default else said
        return self._answer(request, error.status_code, detail, headers=dict(error.headers or {}))

    async def invalid(self, request: Request, error: Exception) -> Response:
        """A parameter that cannot be used; one that is part of the address means that there is no such page."""
        assert isinstance(error, RequestValidationError)
        parts = invalid_parts(error.errors())
        is_api = request.url.path.startswith(PREFIX + "/")
        if not is_api and any(part.where.startswith("path.") for part in parts):
            return self._answer(request, 404, _WORDS[404])
        return self._answer(request, 422, "The request has parts that cannot be used.", invalid=parts)

    async def not_found(self, request: Request, error: Exception) -> Response:
        """A row that is not there."""
        assert isinstance(error, NotFound)
        return self._answer(request, 404, f"There is no {error.noun} {_shown(error.key)}.")

    async def storage(self, request: Request, error: Exception) -> Response:
        """Trouble with the database. Its message names paths and hosts, so it goes to the log and to /readyz."""
        _log.error("database trouble", path=shown_path(request.url.path), error=str(error))
        return self._answer(request, 503, _WORDS[503], headers={"Retry-After": "5"})

    async def unexpected(self, request: Request, error: Exception) -> Response:
        """A fault of ours."""
        return self._answer(request, 500, _WORDS[500])

    def _answer(
        self,
        request: Request,
        status: int,
        detail: str,
        *,
        invalid: list[Invalid] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        if request.url.path == PREFIX or request.url.path.startswith(PREFIX + "/"):
            return problem(status, detail, invalid=invalid, headers=headers)
        values = {"status": status, "phrase": HTTPStatus(status).phrase, "detail": detail, "invalid": invalid or []}
        return self._pages.page("error.html", values, status=status, headers=headers)


def _shown(key: object) -> str:
    """A key in words. Two-part keys are those of a position."""
    return " on ".join(str(part) for part in key) if isinstance(key, tuple) else str(key)
