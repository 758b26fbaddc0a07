"""A running `volteface up` behind TLS, with a mailbox, and the wire of a running `volteface demo` to feed it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.cli.demo import STORY
from monitor.demo.clock import QuickClock
from monitor.demo.server import DemoWire
from tests.acceptance.running import Service, environment, wait
from tests.browser.tls_front import TlsFront
from tests.sinks.http import closed_port
from tests.sinks.smtp import Mail, SmtpSink

LASTS_S = 240
"""Real seconds in which the ten months are told: a change every few seconds, until a slow machine is through, too."""

PATIENCE_S = 180
"""Seconds after which a wait is in vain; they only end a test that hangs."""

FIRST = re.compile(r"This link makes the first operator, once and within a day: (\S+)")
WIRE = re.compile(r"the wire itself: (http://\S+?)/?\s")


@dataclass
class Story:
    """What runs. `url` is where readers reach the pages, `wire` where the invented outlets are."""

    up: Service
    demo: Service
    front: TlsFront
    post: SmtpSink
    first_link: str
    wire: str

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        return self.front.url

    def feeds(self) -> dict[str, str]:
        """The address of each outlet's feed, by the outlet's id."""
        paths = DemoWire(QuickClock(*STORY, LASTS_S)).feed_paths()
        return {outlet: self.wire + path for outlet, path in paths.items()}

    def mail(self, to: str, words: str) -> Mail:
        """The first mail to somebody whose text holds these words, once it is there."""

        def look() -> Mail | None:
            return next((m for m in list(self.post.mails) if to in m.recipients and words in text_of(m)), None)

        found = wait(look, seconds=PATIENCE_S, alive=self.up)
        assert isinstance(found, Mail)
        return found


@contextlib.contextmanager
def running_story(folder: Path) -> Iterator[Story]:
    """Both services, until the end of the block."""
    port = closed_port()
    with contextlib.ExitStack() as parts:
        front = parts.enter_context(TlsFront(port))
        post = parts.enter_context(SmtpSink())
        env = environment(
            folder / "up",
            VOLTEFACE_PORT=str(port),
            VOLTEFACE_PUBLIC_URL=front.url,
            VOLTEFACE_TRUSTED_PROXIES="127.0.0.1",
            VOLTEFACE_SMTP_HOST=post.host,
            VOLTEFACE_SMTP_PORT=str(post.port),
            VOLTEFACE_SMTP_SECURITY="plain",
            VOLTEFACE_MAIL_FROM="Volteface <alerts@volteface.example>",
        )
        telling = ("demo", "--port", "0", "--seconds", str(LASTS_S), "--data-dir", str(folder / "demo"))
        up = parts.enter_context(Service("up", env=env))
        demo = parts.enter_context(Service(*telling, env=environment(folder / "demo")))
        first = wait(lambda: FIRST.search(up.said()), seconds=PATIENCE_S, alive=up)
        wire = wait(lambda: WIRE.search(demo.said()), seconds=PATIENCE_S, alive=demo)
        yield Story(up, demo, front, post, first[1], wire[1])


def text_of(mail: Mail) -> str:
    """The plain text of a mail."""
    body = mail.message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(mail: Mail, part: str) -> str:
    """The first link of a mail's text whose address holds `part`."""
    text = text_of(mail)
    found = re.search(rf"https?://\S*{re.escape(part)}\S*", text)
    assert found is not None, f"no link with {part} in:\n{text}"
    return found[0]
