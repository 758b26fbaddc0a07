"""Servers for tests at the other end of the wire: an HTTP sink and an SMTP server, both real, both able to misbehave.

Each runs an event loop in a thread of its own on a free loopback port, so that synchronous tests, asynchronous tests
and processes under test can all talk to it:

    with HttpSink() as sink:
        sink.answers(Answer(status=500), Answer())      # the first request gets the first, the last one stays
        ... post to sink.url + "/hook" ...
        assert sink.requests[0].body == b"..."
"""

from tests.sinks.http import Answer, HttpSink, Manner, Request, closed_port
from tests.sinks.model import Chat, ModelSink, Says
from tests.sinks.smtp import HANG_UP, SAY_NOTHING, Mail, SmtpSink, SmtpStage

__all__ = [
    "HANG_UP",
    "SAY_NOTHING",
    "Answer",
    "Chat",
    "HttpSink",
    "Mail",
    "Manner",
    "ModelSink",
    "Request",
    "Says",
    "SmtpSink",
    "SmtpStage",
    "closed_port",
]
