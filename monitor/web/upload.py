"""One file that comes with a form, within bounds: nothing larger is read, however it is sent."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from monitor.web.door import Fields, fields
from monitor.web.visitor import must_be_signed

LARGEST = 5 * 1024 * 1024
"""Bytes of a whole form with its file: a list of twenty thousand feeds takes four of these megabytes."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A form of somebody who is signed in, and the file in it: its name as it was given, and its bytes."""

    sent: Fields
    name: str = ""
    data: bytes = b""


async def uploaded(request: Request) -> Uploaded:
    """A form with a file. Raises HTTPException for one that is too large, cannot be read, or lacks its token."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        sent = await fields(request)
        must_be_signed(request, sent)
        return Uploaded(sent)
    try:
        parser = MultiPartParser(
            Headers(scope=request.scope), _bounded(request), max_files=1, max_fields=20, max_part_size=LARGEST
        )
        form = await parser.parse()
    except MultiPartException:
        raise HTTPException(400, "The form cannot be read.") from None
    try:
        file = next((value for _, value in form.multi_items() if isinstance(value, UploadFile)), None)
        sent = {name: [str(one) for one in form.getlist(name) if isinstance(one, str)] for name in form}
        must_be_signed(request, sent)
        return Uploaded(sent, file.filename or "", await file.read()) if file else Uploaded(sent)
    finally:
        await form.close()


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    read = 0
    async for part in request.stream():
        read += len(part)
        if read > LARGEST:
            raise HTTPException(413, f"The file is larger than {LARGEST // 2**20} MB; divide the list.")
        yield part


Upload = Annotated[Uploaded, Depends(uploaded)]
