"""An item's text when its article is known: what the feed said and what the page says, each once. Pure."""

from __future__ import annotations

import re

_WORDS = re.compile(r"\w+")
_CUT = re.compile(r"\s*(?:\[?(?:…|\.\.\.)\]?|\[&hellip;\])\s*(?:\S+(?:\s+\S+){0,4}\s*)?$")


def with_article(feed_text: str, article: str) -> str:
    """The text of an item: the article, and before it what the feed says and the article does not.

    A feed's text that is the article's beginning, or a part of it (cut off with an ellipsis or not), is not repeated;
    what was read in it is read in the article. A feed that carries the whole article keeps its text as it is.
    """
    said, page = _folded(feed_text), _folded(article)
    if not page or page in said:
        return feed_text
    if not said or said in page or _folded(_CUT.sub("", feed_text)) in page:
        return article
    lines = {_folded(line) for line in feed_text.split("\n")}
    rest = [line for line in article.split("\n") if _folded(line) not in lines]
    return "\n".join([feed_text, *rest])


def _folded(text: str) -> str:
    words = " ".join(_WORDS.findall(text.casefold()))
    return f" {words} " if words else ""
