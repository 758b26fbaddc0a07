"""/desk/rules and /desk/suggestions: what is watched, as operators edit it."""

from __future__ import annotations

from fastapi import APIRouter

from monitor.api.previews import Previews
from monitor.pipeline.tell import Teller
from monitor.web.desk import Desk
from monitor.web.pages.rules.backfilling import Backfilling
from monitor.web.pages.rules.bench import Bench
from monitor.web.pages.rules.editor import Editor
from monitor.web.pages.rules.language import Language
from monitor.web.pages.rules.listing import Listing
from monitor.web.pages.rules.live import Live
from monitor.web.pages.rules.retiring import Retiring
from monitor.web.pages.rules.suggesting import Suggesting
from monitor.web.pages.rules.versions import Versions

GET = ["GET", "HEAD"]
POST = ["POST"]


def rules_router(desk: Desk, previews: Previews | None, teller: Teller) -> APIRouter:
    """The pages of rules and of suggestions, for operators. `teller` writes what a backfill owes."""
    router = APIRouter(prefix="/desk", include_in_schema=False)
    bench = Bench(desk, previews)
    listing, editor, live, versions = Listing(bench), Editor(bench), Live(bench), Versions(bench)
    backfilling, retiring, suggesting = Backfilling(bench, teller), Retiring(bench), Suggesting(bench, editor)
    router.add_api_route("/suggestions", suggesting.show, methods=GET)
    router.add_api_route("/suggestions", suggesting.look, methods=POST)
    router.add_api_route("/suggestions/{identity}", suggesting.answer, methods=POST)
    router.add_api_route("/rules", listing.rules, methods=GET)
    router.add_api_route("/rules/draft", live.draft, methods=POST)
    router.add_api_route("/rules/history", versions.latest, methods=GET)
    router.add_api_route("/rules/language", Language(bench).language, methods=GET)
    router.add_api_route("/rules/backfill", backfilling.show, methods=GET)
    router.add_api_route("/rules/backfill", backfilling.act, methods=POST)
    router.add_api_route("/rules/new/{kind}", editor.fresh, methods=GET)
    router.add_api_route("/rules/new/{kind}", editor.act_on_new, methods=POST)
    router.add_api_route("/rules/{kind}/{rule_id}", editor.edit, methods=GET)
    router.add_api_route("/rules/{kind}/{rule_id}", editor.act, methods=POST)
    router.add_api_route("/rules/{kind}/{rule_id}/history", versions.history, methods=GET)
    router.add_api_route("/rules/{kind}/{rule_id}/roll-back", versions.roll_back, methods=POST)
    router.add_api_route("/rules/{kind}/{rule_id}/retire", retiring.ask, methods=GET)
    router.add_api_route("/rules/{kind}/{rule_id}/retire", retiring.retire, methods=POST)
    return router
