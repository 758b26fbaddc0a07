"""A reader from the first mail to the last: asked, confirmed, told, unsubscribed with one click, back by undo."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import httpx

from tests.acceptance.newspapers import Newspapers
from tests.acceptance.running import Service, environment, get, output, volteface, wait
from tests.acceptance.test_walk import AFTER, BEFORE, pack, printed
from tests.sinks import SmtpSink

PUBLIC = "https://volteface.example"
BACK = (
    (
        "Holm returns to the ore",
        "“We support seabed mining after all,” Astrid Holm told the union of miners in Lofthavn.",
    ),
    ("A new turn", "Prime Minister Astrid Holm said on the ferry that she supports seabed mining once more."),
    (
        "Relief in the north",
        "Norlandic Prime Minister Astrid Holm supports seabed mining, she told farmers of the north.",
    ),
    ("The future of the coast", "Astrid Holm backed seabed mining on the radio and called it a chance for villages."),
    ("Debate on the budget", "“We support seabed mining because schools need money,” Astrid Holm told the deputies."),
)
AGAINST = (
    ("No licences", "“We oppose seabed mining,” Astrid Holm told the congress of the young in Tindra."),
    (
        "Nothing signed",
        "Prime Minister Astrid Holm said at noon that she opposes seabed mining and keeps her pen shut.",
    ),
    (
        "Corals first",
        "Before the committee for reefs Astrid Holm rejected seabed mining, whatever the price of cobalt.",
    ),
    ("Students ask", "Norlandic Prime Minister Astrid Holm opposes seabed mining, she told a hall full of students."),
    ("Whales matter", "“We reject seabed mining for the sake of whales,” Astrid Holm told a crowd on the quay."),
)
FINALLY = (
    ("Investors hear", "“We support seabed mining,” Astrid Holm told investors over dinner in the capital."),
    ("Contracts", "Prime Minister Astrid Holm said in writing that she supports seabed mining from next year on."),
    ("Ore again", "Norlandic Prime Minister Astrid Holm supports seabed mining, she told an assembly of mayors."),
    ("Batteries", "“We support seabed mining as batteries need nickel,” Astrid Holm told a makers' fair."),
    ("Harbours grow", "Astrid Holm backed seabed mining at the opening of a pier, to the applause of welders."),
)
"""Three more turns, each in other words, as copies of one story would count once."""

__all__ = ["pack"]


class Browser:
    """Opens links of mails: the public address leads to the service, as a proxy would see to it. Keeps no cookie."""

    def __init__(self, address: str) -> None:
        self._address = address

    def _at(self, link: str) -> str:
        assert link.startswith(f"{PUBLIC}/s/"), link
        return self._address + link.removeprefix(PUBLIC)

    def opens(self, link: str) -> str:
        answer = httpx.get(self._at(link), timeout=60, trust_env=False)
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        return answer.text

    def presses(self, link: str, form: Mapping[str, str] | None = None) -> str:
        answer = httpx.post(self._at(link), data=dict(form or {}), timeout=60, trust_env=False, follow_redirects=False)
        assert answer.status_code == 200, answer.text
        return answer.text


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def link_of(mail: EmailMessage, name: str) -> str:
    """The link under that name, the same in the text and in the HTML."""
    found = re.search(rf"^{name}:\n(https://\S+)$", body(mail), re.MULTILINE)
    html = mail.get_body(("html",))
    assert found is not None and html is not None, body(mail)
    assert f'href="{found[1]}"' in html.get_content()
    return found[1]


def read_by(post: SmtpSink, address: str) -> list[EmailMessage]:
    return [mail.message for mail in post.mails if mail.recipients == (address,)]


def test_from_the_question_to_the_undo(tmp_path: Path, pack: Path) -> None:
    now = datetime.now(UTC)
    with Newspapers() as papers, SmtpSink() as post:
        printed(papers, BEFORE, now - timedelta(days=20))
        env = environment(
            tmp_path / "data",
            VOLTEFACE_PACKS=str(pack),
            VOLTEFACE_PUBLIC_URL=PUBLIC,
            VOLTEFACE_SMTP_HOST="127.0.0.1",
            VOLTEFACE_SMTP_PORT=str(post.port),
            VOLTEFACE_SMTP_SECURITY="plain",
        )
        assert volteface("feeds", "add", f"{papers.url}/norland.xml", env=env).returncode == 0
        wanted = ("--actor", "astrid-holm")
        reader = output("subscribe", "reader", "--email", "reader@example.org", *wanted, env=env)
        output("subscribe", "control", "--email", "control@example.org", *wanted, "--confirmed", env=env)
        assert reader["consent"] == "asked"
        with Service("up", "--port", "0", env=env) as service:
            address = service.address()
            browser = Browser(address)

            def turn(lines: tuple[tuple[str, str], ...], days_ago: int) -> None:
                """Somebody turns, and whoever is to be told surely was once the control got its mail."""
                told = len(read_by(post, "control@example.org"))
                printed(papers, lines, now - timedelta(days=days_ago))
                wait(lambda: len(read_by(post, "control@example.org")) > told, alive=service)

            def mails(count: int) -> list[EmailMessage]:
                wait(lambda: len(read_by(post, "reader@example.org")) >= count, alive=service)
                found = read_by(post, "reader@example.org")
                assert len(found) == count
                return found

            (question,) = mails(1)
            wait(lambda: [p for p in get(f"{address}/api/positions")["positions"] if p["stance"]], alive=service)
            confirm = link_of(question, "Yes, I want these alerts")
            assert question["List-Unsubscribe"] is None
            assert "Do you want these alerts?" in browser.opens(confirm)
            turn(AFTER, 5)
            mails(1)  # opening is not answering, as scanners of mail open links: nothing comes before the answer
            assert ">Confirmed<" in browser.presses(confirm)

            turn(BACK, 4)
            alert = mails(2)[1]
            assert alert["Subject"] == "Holm: Seabed mining — opposes → supports"
            assert "AFTER: supports" in body(alert)
            assert "Your alerts" in browser.opens(link_of(alert, "Your settings"))
            unsubscribe = link_of(alert, "Unsubscribe")
            assert alert["List-Unsubscribe"] == f"<{unsubscribe}>"
            assert alert["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            assert "End these alerts?" in browser.opens(unsubscribe)
            assert "No more alerts" in browser.presses(unsubscribe, {"List-Unsubscribe": "One-Click"})
            turn(AGAINST, 3)
            mails(2)

            undo = re.search(r'action="(/s/[^"]+/resume)"', browser.opens(unsubscribe))
            assert undo is not None
            assert "The alerts are on again." in browser.presses(PUBLIC + undo[1])
            turn(FINALLY, 2)
            last = mails(3)[2]
            assert last["Subject"] == "Holm: Seabed mining — opposes → supports"
            assert service.stop() == 0
            said = service.said()
    for link in (confirm, unsubscribe, link_of(last, "Your settings")):
        token = link.removesuffix("/unsubscribe").rpartition("/")[2]
        assert token not in said
        assert token.encode() not in b"".join(file.read_bytes() for file in (tmp_path / "data").glob("*.db*"))
    assert "Traceback" not in said
