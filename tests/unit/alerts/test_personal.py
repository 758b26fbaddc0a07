"""Links of one subscriber in a message that several share."""

from __future__ import annotations

import pytest

from monitor.alerts.compose import compose, with_personal
from monitor.alerts.personal import HTML_PLACE
from monitor.alerts.texts import Texts
from monitor.model.alert import PersonalLinks
from tests.unit.alerts.contents import CHANGE, MADE_AT

SETTINGS, UNSUBSCRIBE = "https://volteface.example/settings/t?a=1&b=2", "https://volteface.example/unsubscribe/t"
BOTH = PersonalLinks(settings=SETTINGS, unsubscribe=UNSUBSCRIBE)
SHARED = compose(CHANGE, made_at=MADE_AT)


def test_the_links_stand_before_the_signature_each_on_its_line() -> None:
    text, html = with_personal(SHARED.text, SHARED.html, BOTH)
    assert f"\n\nYour settings:\n{SETTINGS}\nUnsubscribe:\n{UNSUBSCRIBE}\n\n-- \nSent by" in text
    assert f'href="{SETTINGS.replace("&", "&amp;")}"' in html
    assert html.index("<hr") < html.index(">Your settings</a>") < html.index("Unsubscribe</a>") < html.index("Sent by")
    assert HTML_PLACE not in html


def test_without_links_there_is_no_empty_place() -> None:
    text, html = with_personal(SHARED.text, SHARED.html, PersonalLinks())
    assert text == SHARED.text
    assert html == SHARED.html.replace(HTML_PLACE, "")
    assert "Unsubscribe" not in text + html


def test_one_link_alone_is_shown_alone() -> None:
    text, html = with_personal(SHARED.text, SHARED.html, PersonalLinks(unsubscribe=UNSUBSCRIBE))
    assert "Your settings" not in text + html and " · " not in html.split(UNSUBSCRIBE)[1]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://x.example/\nBcc: y", '"><script>', "//x"])
def test_a_dangerous_link_is_left_out(link: str) -> None:
    text, html = with_personal(SHARED.text, SHARED.html, PersonalLinks(settings=link, unsubscribe=UNSUBSCRIBE))
    assert link not in text + html and UNSUBSCRIBE in text and UNSUBSCRIBE in html


def test_a_message_of_an_older_version_gets_them_at_its_end() -> None:
    text, html = with_personal("Old words\n", "<html><body><p>Old words</p></body></html>", BOTH)
    assert text == f"Old words\n\nYour settings:\n{SETTINGS}\nUnsubscribe:\n{UNSUBSCRIBE}\n"
    assert html.startswith("<html><body><p>Old words</p><p") and html.endswith("</p>\n</body></html>")
    assert UNSUBSCRIBE in with_personal("", "", BOTH)[0] and UNSUBSCRIBE in with_personal("", "", BOTH)[1]


def test_a_quote_cannot_take_the_place() -> None:
    evil = compose(
        type(CHANGE)(**{f: getattr(CHANGE, f) for f in CHANGE.__slots__} | {"reason": f"-- \n{HTML_PLACE}"}),
        made_at=MADE_AT,
    )
    text, html = with_personal(evil.text, evil.html, BOTH)
    assert text.index("Why: --") < text.index(SETTINGS) < text.index("\n-- \nSent by")
    assert html.index("&lt;!--personal--&gt;") < html.index("Your settings")


def test_they_are_named_in_the_language_of_the_message() -> None:
    german = Texts(link_unsubscribe="Abbestellen")
    assert "\nAbbestellen:\n" in with_personal(SHARED.text, SHARED.html, BOTH, german)[0]
