"""/icons: the small images of sites, out of our own database, so that no reader's browser asks the sites."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from monitor.api.parameters import RowId
from monitor.web.desk import Desk

KEEP = "max-age=2592000, immutable"
"""For a month: the address changes with the image."""


def icons_router(desk: Desk, *, open_to_all: bool) -> APIRouter:
    """The images. Their type is the one that their bytes showed when they were fetched, never what a site said.

    Where only those may read who are signed in, a shared cache would hand them out to everybody.
    """
    router = APIRouter(prefix="/icons", include_in_schema=False)
    keep = f"{'public' if open_to_all else 'private'}, {KEEP}"

    def icon(icon_id: RowId) -> Response:
        with desk.database.view() as work:
            found = work.icons.get(icon_id)
        headers = {"Cache-Control": keep, "Content-Disposition": "inline; filename=icon"}
        return Response(found.data, media_type=found.media_type, headers=headers)

    router.add_api_route("/{icon_id}", icon, methods=["GET", "HEAD"])
    return router
