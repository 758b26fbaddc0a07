"""Which kinds of Apprise address (https://github.com/caronc/apprise/wiki) there are for chat and push, and which never.

A scheme with an s at its end is the same over TLS.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

CHAT = "chat"
"""In a list of schemes this word stands for all of CHAT_SCHEMES."""

CHAT_SCHEMES = frozenset(
    """
    bark barks bluesky bsky chanify cliq dingtalk discord feishu flock gchat gotify gotifys groupme guilded hassio
    hassios humhub humhubs ifttt join kook lark line mastodon mastodons matrix matrixs misskey misskeys mmost mmosts
    ncloud nclouds nctalk nctalks ntfy ntfys opsgenie pagerduty pagertree pbul pover prowl psafer psafers push
    pushdeer pushdeers pushed pushme pushplus pushward pushy qq revolt rocket rockets ryver schan signal signals
    signl4 simplepush slack spike splunk spush squadcast stackfield synology synologys tgram threema toot toots
    twist victorops webex wecombot workflow workflows wxpusher wxteams zoom zulip
    """.split()  # noqa: SIM905
)
"""Well-known services for chat, push and being on call. Not among them: what posts anywhere (json, xml, form), mail and
text messages, which cost somebody money."""

MACHINE_SCHEMES = frozenset(
    "blink1 dbus gio glib gnome growl kde macosx qt rsyslog syslog windows".split()  # noqa: SIM905
)
"""What acts on this very machine: its desktop, its log, its lamps. The process that sends may not do so."""

_SCHEME = re.compile(r"[a-z][a-z0-9]{1,19}")


def scheme_set(names: Sequence[str]) -> frozenset[str]:
    """The schemes that a list of them stands for. Raises ValueError for what is none, or never to be had."""
    found: set[str] = set()
    for name in (one.strip().lower().removesuffix("://") for one in names):
        if name == CHAT:
            found |= CHAT_SCHEMES
        elif not _SCHEME.fullmatch(name):
            raise ValueError(f"{name!r} is no scheme of Apprise's; write them like chat,json,mailto")
        elif name in MACHINE_SCHEMES:
            raise ValueError(f"{name}:// acts on the machine that sends, which is not to be had")
        else:
            found.add(name)
    return frozenset(found)
