"""Mails about an account itself: to make one, to choose a new password, to add an address. Pure.

They are composed when they are sent, as their link is made then, so that it is nowhere in the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from monitor.alerts.clean import one_line
from monitor.alerts.layout import laid_out
from monitor.alerts.notice import LONGEST, NoticeLetter
from monitor.alerts.personal import CONFIRM_PLACE, HTML_PLACE, TEXT_PLACE
from monitor.alerts.texts import ENGLISH, Texts
from monitor.model.letter import LetterPurpose


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountWords:
    """The wordings of one kind of mail. `place` in them is the service's address, `hours` how long the link works."""

    subject: str
    lead: str
    said: str
    after: tuple[str, ...]
    link: str = ""


_ONCE = "The link works once, within {hours} hours, and only whoever reads this mail has it."
_NOT_YOU = "If it was not you who asked, do nothing: nothing comes of it."

WORDS: Mapping[LetterPurpose, AccountWords] = MappingProxyType(
    {
        LetterPurpose.SIGN_UP: AccountWords(
            subject="Your account with Volteface at {place}",
            lead="Choose your password",
            said="Somebody, probably you, asked for an account with this address at {place}.",
            after=(_ONCE, _NOT_YOU),
            link="Choose a password",
        ),
        LetterPurpose.KNOWN: AccountWords(
            subject="You have an account with Volteface at {place}",
            lead="There is an account already",
            said="Somebody, probably you, asked for an account with this address at {place}. There is one already: "
            "sign in with this address and your password, or choose a new password.",
            after=(_ONCE, _NOT_YOU),
            link="Choose a new password",
        ),
        LetterPurpose.PASSWORD: AccountWords(
            subject="A new password for Volteface at {place}",
            lead="Choose a new password",
            said="Somebody, probably you, asked for a new password for the account with this address at {place}.",
            after=(_ONCE, _NOT_YOU + " Your password stays as it is."),
            link="Choose a new password",
        ),
        LetterPurpose.ADDRESS: AccountWords(
            subject="Please confirm this address for Volteface at {place}",
            lead="Is this your address?",
            said="An account at {place} wants to be sent alerts at this address.",
            after=(
                _ONCE,
                "It opens for whoever is signed in to that account. "
                "If it is not yours, do nothing: nothing is sent here.",
            ),
            link="Yes, this is my address",
        ),
        LetterPurpose.INVITED: AccountWords(
            subject="You are invited to Volteface at {place}",
            lead="You are invited",
            said="An operator of {place} made an account for you, under this address. Choose a password, and sign in.",
            after=(_ONCE, "If you want no account there, do nothing."),
            link="Choose a password",
        ),
        LetterPurpose.CHANGED: AccountWords(
            subject="Your password for Volteface at {place} was changed",
            lead="Your password was changed",
            said="The password of the account with this address at {place} was changed, and whoever was signed in was "
            "signed out.",
            after=("If it was not you, choose a new password at once: {public_url}/forgotten",),
        ),
    }
)

FOOTER = "Sent once by Volteface, which watches the news and tells you when somebody changes their position."


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedLetter:
    """A mail about an account in words."""

    subject: str
    text: str
    html: str


def compose_account_letter(
    purpose: LetterPurpose,
    *,
    link: str | None,
    hours: int,
    public_url: str,
    label: str = "",
    texts: Texts = ENGLISH,
) -> ComposedLetter:
    """Put a mail into words, with its link as a button and in text. Same arguments, same bytes."""
    words = WORDS[purpose]
    known = {
        "place": one_line(urlsplit(public_url).netloc or public_url, LONGEST),
        "hours": hours,
        "public_url": public_url,
    }
    label = one_line(label, LONGEST)
    subject, said = words.subject.format(**known), words.said.format(**known)
    letter = NoticeLetter(
        subject=texts.subject_labelled.format(label=label, subject=subject) if label else subject,
        label=label,
        preview=said,
        lead=words.lead,
        said=said,
        facts=(),
        after=tuple(line.format(**known) for line in words.after),
        links=(),
        footer=FOOTER,
        language=texts.language,
        direction=texts.direction,
    )
    return ComposedLetter(
        subject=letter.subject,
        text=_with_link(laid_out("notice.txt", letter=letter), words.link, link),
        html=_with_button(laid_out("notice.html", letter=letter, confirms=True), words.link, link),
    )


def _with_link(text: str, name: str, link: str | None) -> str:
    before, place, after = text.rpartition(TEXT_PLACE)
    return f"{before.rstrip()}\n\n{name}:\n{link}\n{place}{after}" if link else text


def _with_button(html: str, name: str, link: str | None) -> str:
    before, _, after = html.partition(CONFIRM_PLACE)
    button = laid_out("confirm.html", name=name, link=link) if link else ""
    return (before + button + after).replace(HTML_PLACE, "", 1)
