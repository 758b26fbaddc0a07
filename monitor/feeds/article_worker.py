"""The child's side of the pool that reads articles: as `parser_worker`, and cut off from the network.

python -m monitor.feeds.article_worker SECONDS MEBIBYTES
"""

from __future__ import annotations

import sys
from typing import Any

from monitor.feeds.article_page import article_page
from monitor.feeds.parser_worker import main

_OUTWARD = frozenset({"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen"})


def cut_off(event: str, _arguments: tuple[Any, ...]) -> None:
    """An audit hook: a library that begins to fetch by itself would pass by the address guard."""
    if event in _OUTWARD:
        raise PermissionError(f"{event} is not for the process that reads articles")


if __name__ == "__main__":
    sys.addaudithook(cut_off)
    main(article_page)
