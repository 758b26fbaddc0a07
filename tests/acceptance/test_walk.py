"""The whole walk on a subject that has nothing to do with the seed: rules alone make it work."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from tests.acceptance.newspapers import Newspapers
from tests.acceptance.running import Service, environment, get, output, volteface, wait
from tests.sinks import HttpSink, SmtpSink

ACTORS = """
- {id: norland, name: Norland, kind: state}
- id: astrid-holm
  name: Astrid Holm
  kind: person
  in: norland
  aliases: [Holm]
  offices: [{title: Norlandic Prime Minister, from: 2020-01-01}]
"""
ISSUES = """
- id: seabed-mining
  name: Seabed mining
  proposition: Mining of the deep seabed is allowed.
  about: ['"seabed mining"', 'mining NEAR/5 seabed']
"""
BEFORE = (
    ("Holm backs seabed mining", "Prime Minister Astrid Holm said that she supports seabed mining."),
    ("Norland wants ore", "“We support seabed mining and will allow it,” Astrid Holm told reporters in Stavik."),
    ("Ore from the deep", "Astrid Holm has backed seabed mining since the spring, her office said."),
)
AFTER = (
    ("Holm turns", "Prime Minister Astrid Holm said that she now opposes seabed mining."),
    ("A ban", "“We reject seabed mining,” Astrid Holm told parliament. “It must not happen.”"),
    ("No to the miners", "Astrid Holm ruled out seabed mining in the waters of Norland, saying she was against it."),
    ("End of a plan", "Norlandic Prime Minister Astrid Holm rejects seabed mining, she told the evening news."),
    ("Fishermen cheer", "Astrid Holm opposes seabed mining, she said at the harbour of Stavik."),
)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    for name, text in (("actors", ACTORS), ("issues", ISSUES)):
        (folder / name).mkdir(parents=True)
        (folder / name / "norland.yaml").write_text(text)
    return folder


def printed(papers: Newspapers, lines: tuple[tuple[str, str], ...], start: datetime) -> None:
    for number, (title, text) in enumerate(lines):
        papers.prints("norland", f"paper{number}.example", title, text, start + timedelta(hours=number))


def test_from_the_wire_to_a_webhook_and_a_mailbox(tmp_path: Path, pack: Path, empty_url: str) -> None:
    """On SQLite and on PostgreSQL, from an empty database on."""
    now = datetime.now(UTC)
    with Newspapers() as papers, HttpSink() as sink, SmtpSink() as post:
        printed(papers, BEFORE, now - timedelta(days=20))
        env = environment(
            tmp_path / "data",
            VOLTEFACE_DATABASE_URL=empty_url,
            VOLTEFACE_PACKS=str(pack),
            VOLTEFACE_SMTP_HOST="127.0.0.1",
            VOLTEFACE_SMTP_PORT=str(post.port),
            VOLTEFACE_SMTP_SECURITY="plain",
        )
        assert volteface("feeds", "add", f"{papers.url}/norland.xml", env=env).returncode == 0
        hook = output("subscribe", "desk", "--webhook", f"{sink.url}/hook", "--actor", "astrid-holm", env=env)
        output("subscribe", "reader", "--email", "reader@example.org", "--confirmed", env=env)
        with Service("up", "--port", "0", env=env) as service:
            address = service.address()
            wait(lambda: [p for p in get(f"{address}/api/positions")["positions"] if p["stance"]], alive=service)
            assert sink.requests == []  # the baseline alerts nobody
            printed(papers, AFTER, now - timedelta(days=2))
            request = wait(lambda: sink.requests, alive=service)[0]
            mail = wait(lambda: post.mails, alive=service)[0].message
            assert service.stop() == 0
            assert "Traceback" not in service.said()
    body = Webhook(hook["secret"]).verify(request.body, dict(request.headers))
    assert body["type"] == "change.confirmed"
    before, after = body["data"]["before"], body["data"]["after"]
    assert (before["stance"], after["stance"]) == ("supports", "opposes")
    assert any(before["text"] in text for _, text in BEFORE)
    assert any(after["text"] in text for _, text in AFTER)
    assert before["source"]["url"].startswith("https://paper")
    assert mail["Subject"] == "Holm: Seabed mining — supports → opposes"
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert before["text"] in " ".join(plain.get_content().split())
    assert after["text"] in " ".join(plain.get_content().split())


def test_replay_of_the_same_subject(tmp_path: Path, pack: Path) -> None:
    start = datetime(2025, 3, 1, tzinfo=UTC)
    lines = [
        {
            "id": f"{number}",
            "date": (start + timedelta(days=number)).isoformat(),
            "publisher": f"paper {number}",
            "text": text,
        }
        for number, (_, text) in enumerate((*BEFORE, *AFTER))
    ]
    file = tmp_path / "items.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    changes = output("replay", str(file), "--pack", str(pack))
    holm = [
        (c["kind"], c["from"], c["to"]) for c in changes if c["actor"] == "astrid-holm" and c["status"] == "confirmed"
    ]
    assert holm == [("first", None, "supports"), ("reversed", "supports", "opposes")]
    reversal = next(c for c in changes if c["kind"] == "reversed" and c["actor"] == "astrid-holm")
    assert "support" in reversal["evidence_before"] or "backed" in reversal["evidence_before"]
    assert reversal["items"][0] == "3"
