"""/desk/rules and /desk/suggestions: what is watched, as operators edit it."""

from __future__ import annotations

from fastapi import APIRouter

from monitor.api.previews import Previews
from monitor.web.desk import Desk
from monitor.web.pages.rules.bench import Bench
from monitor.web.pages.rules.editor import Editor
from monitor.web.pages.rules.listing import Listing
from monitor.web.pages.rules.live import Live


def rules_router(desk: Desk, previews: Previews | None) -> APIRouter:
    """The pages of rules, for operators."""
    router = APIRouter(prefix="/desk/rules", include_in_schema=False)
    bench = Bench(desk, previews)
    listing, editor, live = Listing(bench), Editor(bench), Live(bench)
    router.add_api_route("", listing.rules, methods=["GET", "HEAD"])
    router.add_api_route("/draft", live.draft, methods=["POST"])
    router.add_api_route("/new/{kind}", editor.fresh, methods=["GET", "HEAD"])
    router.add_api_route("/new/{kind}", editor.act_on_new, methods=["POST"])
    router.add_api_route("/{kind}/{rule_id}", editor.edit, methods=["GET", "HEAD"])
    router.add_api_route("/{kind}/{rule_id}", editor.act, methods=["POST"])
    return router
