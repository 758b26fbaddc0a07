"""The links of one subscriber, put into a message that several subscriptions share. Pure.

A message is composed once and kept once; what belongs to one subscriber (their settings, to unsubscribe) is put in when
it is sent. In text its place is before the signature, the line "-- " (RFC 3676, section 4.3), which no line of content
can be, as none of them ends with a space; in HTML a comment, which no content can hold, as it is escaped.
"""

from __future__ import annotations

from monitor.alerts.clean import safe_link
from monitor.alerts.layout import laid_out
from monitor.alerts.letter import personal_rows
from monitor.alerts.texts import ENGLISH, Texts
from monitor.model.alert import PersonalLinks

TEXT_PLACE = "\n-- \n"
HTML_PLACE = "<!--personal-->"
"""Templates write this where the links of one subscriber go; see `with_personal`."""

CONFIRM_PLACE = "<!--confirm-->\n"
"""Where the button of a request to confirm an address goes, as the one thing that its reader may want to press."""

_ENDS = ("</body>", "</html>")


def with_personal(text: str, html: str, links: PersonalLinks, texts: Texts = ENGLISH) -> tuple[str, str]:
    """The text and the HTML with this subscriber's links; without any, nothing but the mark in the HTML is gone.

    A message without a place, as an older version may have written it, gets the links at its end: nobody is to be
    left without a way to unsubscribe.
    """
    rows, confirm = personal_rows(links, texts), safe_link(links.confirm)
    named = ((texts.notice.link_confirm, confirm),) if confirm else ()
    before, place, after = html.partition(CONFIRM_PLACE)
    if place:
        html = before + (laid_out("confirm.html", name=named[0][0], link=confirm) if named else "") + after
    in_html = rows if place else (*named, *rows)
    return (
        _in_text(text, laid_out("personal.txt", rows=(*named, *rows))) if named or rows else text,
        _in_html(html, laid_out("personal.html", rows=in_html)) if in_html else html.replace(HTML_PLACE, "", 1),
    )


def _in_text(text: str, links: str) -> str:
    place = text.rfind(TEXT_PLACE)
    if place < 0:
        return f"{text.rstrip()}\n\n{links}"
    return f"{text[:place].rstrip()}\n\n{links}{text[place:]}"


def _in_html(html: str, links: str) -> str:
    for place in (HTML_PLACE, *_ENDS):
        before, found, after = html.rpartition(place)
        if found:
            return before + links + ("" if place == HTML_PLACE else place) + after
    return html + links
