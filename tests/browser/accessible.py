"""What axe-core says of a page (Deque Systems, MPL 2.0, in vendor/): the rules that a browser can check by itself."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

_AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
_SERIOUS = {"serious", "critical"}


def serious_faults(page: Page) -> list[str]:
    """The faults that axe calls serious or critical, each with the first element that has it."""
    page.evaluate(_AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{fault['id']}: {fault['help']}: {fault['nodes'][0]['html'][:200]}: {fault['nodes'][0].get('failureSummary')}"
        for fault in found["violations"]
        if fault["impact"] in _SERIOUS
    ]
