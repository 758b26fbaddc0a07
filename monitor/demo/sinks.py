"""Where the demo's alerts arrive: a webhook sink and a mailbox, with pages to look at them."""

from __future__ import annotations

from starlette.routing import BaseRoute

from monitor.demo.mail_sink import Mail, Mailbox, serve_smtp
from monitor.demo.webhook_sink import Received, WebhookSink

__all__ = ["Mail", "Mailbox", "Received", "WebhookSink", "serve_smtp", "sink_routes"]


def sink_routes(webhooks: WebhookSink, box: Mailbox) -> list[BaseRoute]:
    """The routes of both, for `wire_app(…, extra=…)`; they share its style sheet."""
    return [*webhooks.routes(), *box.routes()]
