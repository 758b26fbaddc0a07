"""A walk whose items are read by asking a model: a real endpoint on loopback with a toy model behind it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from anyio.from_thread import start_blocking_portal

from monitor.completions.client import ChatClient, EndpointConfig
from monitor.net.client import guarded_client
from monitor.net.guard import Guard
from monitor.pipeline.consult import ConsultConfig, LlmExtractor
from monitor.pipeline.read import Reader, ReadReport
from monitor.pipeline.tell import Teller
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.track import FilterTracker
from storage.engine import Database
from tests.integration.pipeline.walking import NOW, Walk
from tests.sinks import Chat, ModelSink

_SAYS = re.compile(r"(?P<who>Astrid Holm|Sten Berg|Norland) (?P<verb>zorbs|snarfs) seabed mining")
_STANCE = {"zorbs": "supports", "snarfs": "opposes"}


def toy_model(chat: Chat) -> str:
    """Reads two verbs that nobody else knows, by the names and ids that it was offered."""
    lists, _, text = chat.user.partition("\n\nITEM-")
    offered = {actor["name"]: actor["id"] for actor in json.loads(lists)["actors"]}
    found = [
        {
            "holder": offered[said["who"]],
            "issue": "seabed-mining",
            "stance": _STANCE[said["verb"]],
            "field": "text",
            "evidence": said.group(),
            "quoted": False,
            "claimed_by": None,
            "withdraws": False,
            "said_on": None,
        }
        for said in _SAYS.finditer(text)
    ]
    return json.dumps({"statements": found})


@contextmanager
def asking(database: Database, sink: ModelSink, clock: list[datetime], **config: float) -> Iterator[LlmExtractor]:
    """The extractor of the product, with a clock that a test moves: `clock[0]` is now."""
    given = ConsultConfig(model=sink.model, **{"deadline_s": 20.0, **config})  # type: ignore[arg-type]
    endpoint = EndpointConfig(url=sink.base, model=sink.model, deadline_s=given.deadline_s)

    async def no_pause(_seconds: float) -> None:
        return

    with start_blocking_portal() as portal:
        client = guarded_client(Guard(["127.0.0.1"]))
        with portal.wrap_async_context_manager(client) as http:
            chat = ChatClient(http, endpoint, lambda: clock[0], pause=no_pause)
            yield LlmExtractor(database, chat, GrammarExtractor(), given, portal, lambda: clock[0])


class ConsultingWalk(Walk):
    """A walk that is read by `extractor`; `now` is the clock of all parts."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database, folder)
        self.clock = [NOW]

    def by(self, extractor: LlmExtractor) -> None:
        """Reads with this one from now on."""
        self.reader = Reader(self.database, self.book, extractor, FilterTracker(), Teller())

    def read_all(self) -> list[ReadReport]:
        """Steps until nothing is left."""
        reports = []
        while (report := self.reader.step(self.clock[0])).items or report.failed:
            reports.append(report)
        return reports
