"""A mail as it goes over the wire: headers that cannot be forged, the same bytes at every attempt."""

from __future__ import annotations

import hashlib
import re
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from monitor.alerts.clean import encodable, one_line, safe_link
from monitor.alerts.personal import with_personal
from monitor.model.alert import ClaimedDelivery, PersonalLinks
from monitor.model.moment import utc

_ID_SAFE = re.compile(r"[A-Za-z0-9_-]{1,200}")
LONGEST_SUBJECT = 400
LONGEST_ADDRESS = 900
"""Of an address in a header, whose line may have 998 characters."""


_ON_ONE_LINE = frozenset({"message-id", "in-reply-to", "references", "list-id", "list-unsubscribe"})


class _Policy(EmailPolicy):
    """SMTP's policy, but with subjects encoded by `email.header`, and ids and addresses left as they are.

    EmailPolicy encodes some subjects twice and shows the reader `=?utf-8?b?…`: Python 3.11 does it for a word beyond
    ASCII, a space, and another such word at a line's end. And it encodes addresses that are longer than a line, which
    no program then takes for what they are; RFC 5322 allows 998 characters.
    """

    def fold(self, name: str, value: Any) -> str:
        if name.lower() in _ON_ONE_LINE:
            return f"{name}: {value}{self.linesep}"
        if name.lower() != "subject":
            usual: str = super().fold(name, value)
            return usual
        text = str(value)
        folded = Header(text, "us-ascii" if text.isascii() else "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {folded}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() == "subject" or name.lower() in _ON_ONE_LINE:
            return self.fold(name, value).encode("ascii")
        usual: bytes = super().fold_binary(name, value)
        return usual


_POLICY = _Policy(linesep="\r\n")


def message_for(delivery: ClaimedDelivery, sender: Address, recipient: str) -> EmailMessage:
    """The message for one delivery. `recipient` is an address that `check_email` has passed.

    Message-ID comes from the alert's id and Date from when the delivery was made, so that a second copy, sent because
    an answer was lost, is recognised as one. What is told of one actor on one issue refers to one id, of a mail that
    never was, so that a mailbox shows it as a thread. Raises nothing for any subject or text.

    No Precedence: RFC 3834 gives Auto-Submitted its office, and filters take `bulk` for advertising.
    """
    text, html = with_personal(delivery.text, delivery.html, delivery.personal or PersonalLinks())
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = header_text(delivery.subject)
    message["Message-ID"] = message_id(delivery.alert_id, sender.domain)
    message["Date"] = format_datetime(utc(delivery.created_at))
    if delivery.thread:
        root = f"<thread-{_digest(delivery.thread)}@{sender.domain}>"
        message["In-Reply-To"] = root
        message["References"] = root
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["List-Id"] = f"Volteface <volteface.{sender.domain}>"
    unsubscribe = safe_link(delivery.personal.unsubscribe) if delivery.personal else None
    if unsubscribe and unsubscribe.startswith("https://") and len(unsubscribe) <= LONGEST_ADDRESS:
        # RFC 8058 wants https; a POST to it, which only a person's click sends, unsubscribes at once.
        message["List-Unsubscribe"] = f"<{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # Quoted-printable: no relay needs to re-code it, and long lines flow instead of being cut at 998 octets.
    message.set_content(_body(text), cte="quoted-printable")
    message.add_alternative(_body(html), subtype="html", cte="quoted-printable")
    # Python draws a random boundary, and with it other bytes at every attempt. "=_" cannot occur in quoted-printable.
    message.set_boundary(f"=_{_digest(delivery.alert_id)}")
    return message


def wire_bytes(message: EmailMessage, *, utf8: bool = False) -> bytes:
    """The message as it is sent; `utf8` for a session with SMTPUTF8, where addresses stand as they are."""
    return message.as_bytes(policy=_POLICY.clone(utf8=utf8))


def header_text(text: str) -> str:
    """Text for a header: one line, and without `=?`.

    Python's header parser decodes `=?utf-8?q?x=0D=0ABcc:…?=` inside a plain str and writes the line break out: the
    title of an article could forge a header.
    """
    return one_line(text.replace("=?", "= ?"), LONGEST_SUBJECT)


def message_id(alert_id: str, domain: str) -> str:
    """The Message-ID of an alert's mail: the same through all retries and replays."""
    local = alert_id if _ID_SAFE.fullmatch(alert_id) else _digest(alert_id)
    return f"<{local}@{domain}>"


def _digest(alert_id: str) -> str:
    return hashlib.sha256(encodable(alert_id).encode()).hexdigest()[:32]


def _body(text: str) -> str:
    lines = encodable(text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c if c >= " " or c in "\n\t" else " " for c in lines)
