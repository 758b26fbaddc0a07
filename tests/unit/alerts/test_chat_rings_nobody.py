"""Words of the wire in a chat message ring nobody's bell, wherever they stand."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from monitor.alerts.channels.chat import chat_message
from tests.contract.channels.deliveries import CHANGE, DELIVERY

BELLS = ["@everyone", "@here", "<!channel>", "<!here|here>", "<@U123>", "<@&77>", "<#C1>", "(@everyone)", "@EVERYONE"]
RINGS = re.compile(r"(?<![\w.])@\w|<[!@#&]|@(?:everyone|here)\b", re.IGNORECASE)


def change(**replaced: Any) -> str:
    told = json.loads(CHANGE)
    told["data"]["after"] |= replaced
    return json.dumps(told)


@pytest.mark.parametrize("bell", BELLS)
def test_in_a_title_a_quote_a_publisher_and_an_address(bell: str) -> None:
    source = {"publisher": f"{bell} Post", "title": bell, "url": "https://x.example/@everyone/1?to=@here"}
    payload = change(text=f"We said {bell} {bell}.", stance=bell, source=source)
    title, body = chat_message(replace(DELIVERY, subject=f"{bell} changed", payload=payload))
    assert not RINGS.search(title + "\n" + body)
    assert "https://x.example/%40everyone/1?to=%40here" in body
    assert "We said" in body


@pytest.mark.parametrize("bell", BELLS)
def test_in_an_item_and_in_the_text_of_a_mail(bell: str) -> None:
    item = {
        "publisher": bell,
        "published_at": "2025-02-17T08:00:00Z",
        "excerpt": f"x {bell}",
        "url": "https://x.example/",
    }
    _, body = chat_message(replace(DELIVERY, payload=json.dumps({"type": "item.matched", "data": {"item": item}})))
    assert not RINGS.search(body)
    _, body = chat_message(replace(DELIVERY, payload="{}", text=f"Of today:\n{bell} said {bell}"))
    assert not RINGS.search(body)
    assert "Of today" in body


def test_a_mail_address_and_a_name_in_an_address_stay_as_they_are() -> None:
    source = {"publisher": "Post", "title": "t", "url": "https://social.example/@anna/1"}
    _, body = chat_message(replace(DELIVERY, payload=change(text="Write to anna@post.example.", source=source)))
    assert "anna@post.example" in body
    assert "https://social.example/@anna/1" in body
