"""Notices about a subscription itself: what they say, the one thing to press, and that both parts say the same."""

from __future__ import annotations

import json
import re

import pytest

from monitor.alerts.compose import Composed, with_personal
from monitor.alerts.notice import Notice, compose_notice
from monitor.alerts.wanted_words import MOST_NAMES, wanted_words
from monitor.model.alert import Audience, ChannelName, Filter, PersonalLinks, Subscription
from monitor.model.position import ChangeKind
from monitor.model.timing import Cadence, Timing
from tests.unit.alerts.contents import MADE_AT
from tests.unit.alerts.test_mail_looks import AA, Painted, _contrast

URL = "https://volteface.example"
CONFIRM = PersonalLinks(confirm=f"{URL}/s/confirm/t0ken")
WANTED = (("Who", "Astrid Holm"), ("When", "at once"))


def subscription(wanted: Filter = Filter(), **more: object) -> Subscription:  # noqa: B008 - frozen
    given = {"id": 1, "subscriber": "desk", "channel": ChannelName.EMAIL, "target": "a@b.example", "filter": wanted}
    return Subscription(**given, created_at=MADE_AT, **more)  # type: ignore[arg-type]


def composed(notice: Notice = Notice.CONFIRM, subscriber: str = "desk", label: str = "") -> Composed:
    return compose_notice(notice, subscriber=subscriber, wanted=WANTED, public_url=URL, made_at=MADE_AT, label=label)


def test_a_request_to_confirm_has_one_link_as_a_button_and_as_text() -> None:
    made = composed()
    text, html = with_personal(made.text, made.html, CONFIRM)
    assert made.subject == "Please confirm: alerts from Volteface for desk"
    for said in ("at volteface.example", "“desk”", "Astrid Holm", "within 7 days", "do nothing"):
        assert said in " ".join(text.split()), said
        assert said in html, said
    assert re.findall(r"https?://\S+", text) == [CONFIRM.confirm]
    assert re.findall(r'href="([^"]*)"', html) == [CONFIRM.confirm]
    assert text.index("press") < text.index("Yes, I want these alerts:\n") < text.index("\n-- \n")
    assert "<!--confirm-->" not in html and "<!--personal-->" not in html


def test_without_its_link_nothing_is_left_of_the_place() -> None:
    made = composed()
    text, html = with_personal(made.text, made.html, PersonalLinks())
    assert "<!--" not in re.sub(r"<!--\[if mso\]>.*?<!\[endif\]-->", "", html, flags=re.DOTALL)
    assert "Yes, I want" not in text + html


def test_word_of_a_further_subscription_has_the_links_that_change_and_end_it() -> None:
    made = composed(Notice.ADDED)
    both = PersonalLinks(settings=f"{URL}/s/t0ken", unsubscribe=f"{URL}/s/t0ken/unsubscribe")
    text, html = with_personal(made.text, made.html, both)
    assert made.subject == "New alerts from Volteface for desk"
    assert f"Your settings:\n{both.settings}\nUnsubscribe:\n{both.unsubscribe}\n" in text
    assert re.findall(r'href="([^"]*)"', html) == [both.settings, both.unsubscribe]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("notice", [Notice.CONFIRM, Notice.ADDED])
def test_every_text_can_be_read_in_light_and_in_dark(notice: Notice, dark: bool) -> None:
    made = composed(notice, label="INVENTED")
    painted = Painted(with_personal(made.text, made.html, CONFIRM)[1], dark=dark).texts
    assert len(painted) > 5
    assert {one for one in painted if _contrast(one[1], one[2]) < AA} == set()


def test_what_an_operator_typed_forges_nothing() -> None:
    evil = 'x\r\nBcc: y <script>alert(1)</script> <!--confirm-->"'
    made = composed(subscriber=evil, label="DEMO")
    assert "\n" not in made.subject and made.subject.startswith("[DEMO] Please confirm")
    html = with_personal(made.text, made.html, CONFIRM)[1]
    assert "<script" not in html and html.count(str(CONFIRM.confirm)) == 1
    assert json.loads(made.payload)["type"] == "subscription.confirm"


def test_what_is_wanted_is_said_in_names() -> None:
    wanted = Filter(
        actors=frozenset({"b", "a", "gone"}),
        kinds=frozenset({ChangeKind.SPLIT, ChangeKind.REVERSED}),
        least_confidence=0.945,
        pending=True,
        commentators=False,
    )
    timing = Timing(cadence=Cadence.DAILY, zone="Europe/Berlin")
    rows = wanted_words(subscription(wanted, timing=timing), {"a": "Ada", "b": "Bo"}, {})
    assert rows == (
        ("Who", "Ada, Bo, gone; no commentators"),
        ("On what", "every issue that is watched"),
        ("Which changes", "reversals, splits within a body, 94.5% sure or more; those not confirmed yet, too"),
        ("When", "daily at 07:00, Europe/Berlin"),
    )
    assert wanted_words(subscription(), {}, {})[0] == ("Who", "everybody who is watched")
    operations = wanted_words(subscription(audience=Audience.OPERATIONS), {}, {})
    assert operations[0][1] == "troubles of the service itself, for its operators"


def test_many_names_are_cut() -> None:
    many = frozenset(f"actor {number:02}" for number in range(MOST_NAMES + 3))
    said = dict(wanted_words(subscription(Filter(actors=many)), {}, {}))["Who"]
    assert said.endswith("and 3 more") and said.count(",") == MOST_NAMES - 1
