"""Whatever a title or a quote holds, an alert comes out, whole and harmless."""

from __future__ import annotations

import json
from dataclasses import replace
from email import message_from_bytes, policy
from email.headerregistry import Address
from html.parser import HTMLParser

from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.alerts.channels.mail import header_text, message_for, wire_bytes
from monitor.alerts.compose import Composed, compose
from monitor.alerts.personal import HTML_PLACE, TEXT_PLACE, with_personal
from monitor.model.alert import AlertContent, Holding, MatchContent, PersonalLinks
from tests.contract.channels.deliveries import to_mailbox
from tests.unit.alerts.contents import AFTER, AROUND, BEFORE, CHANGE, MADE_AT, MATCH

# Everything that str can hold, lone surrogates too, with what means something in HTML, MIME, JSON and templates.
TEXT = (
    st.text(max_size=200)
    | st.text(st.characters(codec=None), max_size=60)
    | st.lists(
        st.sampled_from(
            [
                "\r\n",
                "\n",
                "\x00",
                "\x1b[2J",
                "=?utf-8?q?x=0D=0ABcc:_eve?=",
                "=?utf-8?b?",
                "?=",
                "<script>",
                "</p>",
                '"',
                "'",
                "&amp;",
                "{{ 7*7 }}",
                "{% raw %}",
                "\u2028",
                "\u202e",
                "\ud800",
                "\udfff",
                "é",
                "e\u0301",
                "😀",
                "--",
                "-- \n",
                ".\r\n",
                "Bcc: eve@example.org",
                " ",
            ]
        ),
        max_size=40,
    ).map("".join)
)
LONG = TEXT | st.builds(lambda text, times: text * times, TEXT, st.integers(1, 300))

CONTENTS = st.builds(
    lambda a, b, c, d, e: replace(
        CHANGE,
        actor=a,
        actor_short=b,
        issue=c,
        proposition=d,
        reason=e,
        before=replace(BEFORE, text=d, title=c, publisher=b, holder=a, claimed_by=e, url=e, lang=c),
        after=replace(AFTER, text=e, title=d, publisher=c, url="https://example.org/" + a),
        moves=(a, b),
        holds=(Holding(issue_id=a, issue=b, stance=c), Holding(issue_id=d, issue=e, stance=a, since=CHANGE.at)),
        moved=(replace(AROUND.moved[0], actor=d, change_kind=e, stance_before=a),),
    ),
    *[LONG] * 5,
) | st.builds(lambda a, b, c, d: replace(MATCH, query=a, item_title=b, excerpt=c, publisher=d, url=d), *[LONG] * 4)


class _Shape(HTMLParser):
    """The elements and attribute names of a document in their order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.shape: set[tuple[str, tuple[str, ...]]] = set()
        self.targets: list[str] = []
        self.comments: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.add((tag, tuple(name for name, _ in attrs)))
        self.targets += [value or "" for name, value in attrs if name == "href"]

    def handle_comment(self, data: str) -> None:
        self.comments.add(data)


_EXAMPLES = [
    _Shape(compose(content, made_at=MADE_AT, label=label).html)
    for content, label in (
        (replace(CHANGE, reason="x", before=None), "x"),
        (replace(AROUND, after=replace(AFTER, url=None)), ""),
        (replace(CHANGE, before=replace(BEFORE, lang="de"), after=replace(AFTER, lang="de", url=None)), ""),
        (MATCH, ""),
    )
]
KNOWN = set().union(*(example.shape for example in _EXAMPLES))
COMMENTS = set().union(*(example.comments for example in _EXAMPLES))


def _composed(content: AlertContent | MatchContent, label: str) -> Composed:
    return compose(content, made_at=MADE_AT, label=label)


@settings(deadline=None)
@given(content=CONTENTS, label=TEXT)
def test_every_content_composes_to_one_line_valid_json_and_known_html(
    content: AlertContent | MatchContent, label: str
) -> None:
    composed = _composed(content, label)
    assert composed.subject and composed.subject.splitlines() == [composed.subject]
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in composed.subject)
    assert len(composed.subject) < 400
    assert len(composed.payload.encode("utf-8")) < 20_000
    assert set(json.loads(composed.payload)) == {"type", "timestamp", "data"}
    assert "\n" not in composed.payload
    composed.text.encode("utf-8")
    composed.html.encode("utf-8")
    shape = _Shape(composed.html)
    assert shape.shape <= KNOWN
    assert shape.comments <= COMMENTS and composed.html.count(HTML_PLACE) == 1
    assert composed.text.count(TEXT_PLACE) == 1
    assert all(target.startswith(("https://", "http://")) and target.isascii() for target in shape.targets)


@settings(deadline=None)
@given(content=CONTENTS, label=TEXT)
@example(content=replace(MATCH, query="", item_title="¡𐀀𐀀 ¡"), label="0" * 55 + " 00000")
def test_what_is_composed_arrives_as_it_is_by_mail(content: AlertContent | MatchContent, label: str) -> None:
    composed = _composed(content, label)
    delivery = replace(to_mailbox(), subject=composed.subject, text=composed.text, html=composed.html)
    sender = Address("Volteface", "alerts", "example.org")
    raw = wire_bytes(message_for(delivery, sender, "reader@example.org"))
    assert raw.isascii() and all(len(line) <= 998 for line in raw.splitlines())
    message = message_from_bytes(raw, policy=policy.default)
    assert message.defects == []
    assert [name.lower() for name in message] == [
        *("from", "to", "subject", "message-id", "date", "auto-submitted", "x-auto-response-suppress", "list-id"),
        *("mime-version", "content-type"),
    ]
    sent_as = with_personal(composed.text, composed.html, PersonalLinks())  # nobody's links are in it
    for part, sent in zip(message.iter_parts(), sent_as, strict=True):
        assert part.get_content().replace("\r\n", "\n") == sent
    assert message["Subject"] == header_text(composed.subject)


@settings(deadline=None)
@given(content=CONTENTS)
def test_personal_links_find_their_place_in_every_message(content: AlertContent | MatchContent) -> None:
    composed = _composed(content, "")
    link = "https://volteface.example/unsubscribe/t"
    text, html = with_personal(composed.text, composed.html, PersonalLinks(unsubscribe=link))
    assert text.count(f"\n\nUnsubscribe:\n{link}\n\n-- \n") == 1
    assert html.count(f'href="{link}"') == 1 and HTML_PLACE not in html
    assert text.replace(f"Unsubscribe:\n{link}\n\n", "") == composed.text
    assert with_personal(composed.text, composed.html, PersonalLinks()) == (
        composed.text,
        composed.html.replace(HTML_PLACE, ""),
    )


@settings(deadline=None)
@given(subject=TEXT, alert_id=TEXT.filter(bool))
@example(subject="=?utf-8?q?x=0D=0ABcc=3A_eve=40example=2Eorg?=", alert_id="a")
@example(subject="x\r\nBcc: eve@example.org", alert_id="a\r\nBcc: eve@example.org")
def test_no_subject_and_no_id_forges_a_header(subject: str, alert_id: str) -> None:
    delivery = replace(to_mailbox(), subject=subject, alert_id=alert_id)
    sender = Address("Volteface", "alerts", "example.org")
    raw = wire_bytes(message_for(delivery, sender, "reader@example.org"))
    head = raw.split(b"\r\n\r\n", 1)[0]
    names = [line.split(b":")[0].lower() for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    assert len(names) == len(set(names)) == 10
    assert b"bcc" not in names
    assert raw == wire_bytes(message_for(delivery, sender, "reader@example.org"))
