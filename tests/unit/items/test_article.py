"""What an item says once its article is known: every word of the feed and of the page, each once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.items.article import with_article

PAGE = "The harbour stays open, the minister said.\nShe added that the mole will be rebuilt.\nWork begins in May."


@pytest.mark.parametrize(
    ("feed", "article", "whole"),
    [
        ("", PAGE, PAGE),
        (PAGE, "", PAGE),
        ("The harbour stays open, the minister said.", PAGE, PAGE),
        ("The harbour stays open, the minister said. She added that …", PAGE, PAGE),
        ("The harbour stays open, the minister said. She added [...] Read more", PAGE, PAGE),
        (f"{PAGE}\nBy our reporter.", PAGE, f"{PAGE}\nBy our reporter."),
        ("A summary of its own.", PAGE, f"A summary of its own.\n{PAGE}"),
        ("A summary.\nWork begins in May.", PAGE,
         "A summary.\n" + "\n".join(PAGE.split("\n")[i] for i in (2, 0, 1))),
    ],
)  # fmt: skip
def test_each_word_stands_there_once(feed: str, article: str, whole: str) -> None:
    assert with_article(feed, article) == whole


LINES = st.lists(st.sampled_from(["One stays.", "Two goes…", "Three?", "four", "…", "Fünf ist da."]), max_size=6)


@given(LINES, LINES)
def test_what_stands_in_either_stands_in_the_whole_and_twice_changes_nothing(feed: list[str], page: list[str]) -> None:
    text, article = "\n".join(feed), "\n".join(page)
    whole = with_article(text, article)
    words = {word.strip("….?").casefold() for word in whole.split()}
    assert {w.strip("….?").casefold() for w in article.split()} <= words | {""}
    assert with_article(whole, article) == whole
