"""Entity tags: what a representation is called, and whether a request names it (RFC 9110, sections 8.8.3 and 13.1)."""

from __future__ import annotations

import hashlib
import re

from fastapi import HTTPException
from pydantic import BaseModel
from starlette.requests import Request

_TAG = re.compile(r'(?:W/)?"[^"]*"')


def tag_of(body: bytes) -> str:
    """The tag of these very bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def tag_of_thing(shown: BaseModel) -> str:
    """The tag of a thing as the API shows it: two requests get the same one as long as nothing of it changed."""
    return tag_of(shown.model_dump_json(by_alias=True).encode())


def names(header: str, tag: str) -> bool:
    """Whether a header with a list of tags names this one; weak and strong ones count alike."""
    return header.strip() == "*" or tag in (found.removeprefix("W/") for found in _TAG.findall(header))


def must_match(request: Request, tag: str | None) -> None:
    """Refuses to write over what somebody else saved meanwhile; `tag` is None for what is not there yet.

    Raises HTTPException: 412 where the thing is no longer as the caller saw it, 428 where the caller did not say how
    they saw it, and it is there.
    """
    given, unwanted = request.headers.get("if-match"), request.headers.get("if-none-match")
    if unwanted is not None and tag is not None and names(unwanted, tag):
        raise HTTPException(412, "It is there already; get it, and send If-Match with its ETag to replace it.")
    if given is not None:
        if tag is None or not names(given, tag):
            raise HTTPException(412, "It was changed since you got it; get it again, and repeat the change on that.")
    elif tag is not None:
        raise HTTPException(
            428, "Send If-Match with the ETag that it had when you got it, so that nobody is overruled."
        )
