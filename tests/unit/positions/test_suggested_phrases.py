"""Phrases told by Dunning's ratio, and the lines that they would be."""

from __future__ import annotations

from datetime import UTC, datetime
from math import log

import pytest

from monitor.positions.grammar.language import load_language
from monitor.positions.suggestions.about_line import condition_of, line_for
from monitor.positions.suggestions.phrases import (
    Background,
    Sentence,
    function_words,
    log_likelihood,
    phrases_in,
    sentence_of,
    telling,
)
from monitor.positions.suggestions.values import Passage

FUNCTION = function_words(load_language("en"))


def test_the_ratio_is_dunnings() -> None:
    """-2 log λ written out by hand for 110 of 2552 words against 2442 of 31777, a contingency table as in the paper."""
    k1, n1, k2, n2 = 110, 2552, 111, 31777
    cells = ((k1, n1 - k1), (k2, n2 - k2))
    total = n1 + n2
    columns = (k1 + k2, total - k1 - k2)
    by_entropy = 2 * sum(
        cells[r][c] * log(cells[r][c] * total / (sum(cells[r]) * columns[c])) for r in (0, 1) for c in (0, 1)
    )
    assert log_likelihood(k1, n1, k2, n2) == pytest.approx(by_entropy)
    assert log_likelihood(5, 100, 50, 1000) == pytest.approx(0.0, abs=1e-9)
    assert log_likelihood(0, 100, 0, 1000) == 0.0
    assert log_likelihood(3, 0, 1, 10) == 0.0


def sentence(text: str, story: int, *, matter: str = "", name: str = "", publisher: str = "") -> Sentence:
    shown = Passage(
        item_id=story,
        url=None,
        title="",
        publisher=publisher or f"paper {story}",
        published_at=datetime(2025, 1, 1, tzinfo=UTC),
        text=text,
    )

    def at(part: str) -> list[tuple[int, int]]:
        return [(text.index(part), text.index(part) + len(part))] if part else []

    return sentence_of(shown, "english", at(name), at(matter), story)


def seen(*sentences: Sentence) -> dict[str, int]:
    return {one.spelled.most_common(1)[0][0]: one.count for one in phrases_in(sentences, FUNCTION).values()}


def test_phrases_have_words_of_their_own_at_both_ends_and_name_nobody() -> None:
    found = seen(
        sentence("She said the polymetallic nodules of Ann Kern, and copper ore, were hers.", 1, name="Ann Kern")
    )
    assert found == {"polymetallic nodules": 1, "copper ore": 1}


def test_a_story_counts_once_and_stems_are_one_phrase() -> None:
    found = phrases_in(
        [
            sentence("Polymetallic nodules lie there.", 1),
            sentence("A polymetallic nodule lies there.", 2),
            sentence("Polymetallic nodules lie there.", 2),
        ],
        FUNCTION,
    )
    (one,) = [one for stems, one in found.items() if stems == ("polymetal", "nodul")]
    assert (one.count, one.stories, one.items) == (2, {1, 2}, {1, 2})
    assert [p.text[slice(*p.marks[0])] for p in one.passages] == ["Polymetallic nodules", "polymetallic nodule"]


def offered(sentences: list[Sentence], texts: list[str], others: list[Sentence]) -> list[str]:
    mine, theirs = phrases_in(sentences, FUNCTION), phrases_in(others, FUNCTION)
    background = Background(mine, "english")
    for text in texts:
        background.add(text)
    words = sum(len(s.words) for s in sentences)
    found = telling(mine, words, background, theirs, sum(len(s.words) for s in others))
    return [phrase.words for phrase in found]


NOISE = ["The herring came back to the harbour of Stavik and the fishermen were glad of it all day long."] * 60
TALK = [sentence(f"The minister gave a strong warning on herring quotas {n}.", 100 + n) for n in range(8)]


def test_a_phrase_is_offered_that_chance_does_not_explain() -> None:
    wordings = (
        "A strong warning about polymetallic nodules came from the island.",
        "Whoever digs for polymetallic nodules needs a permit, a judge ruled.",
        "With polymetallic nodules the company would earn billions.",
        "The bay holds polymetallic nodules, and a strong warning was given.",
    )
    mine = [sentence(text, n) for n, text in enumerate(wordings)]
    assert offered(mine, [s.shown.text for s in mine] + NOISE, TALK) == ["polymetallic nodules"]


def test_what_the_matter_holds_already_is_not_offered() -> None:
    mine = [sentence(f"On polymetallic nodules again {n}.", n, matter="polymetallic nodules") for n in range(4)]
    assert offered(mine, [s.shown.text for s in mine] + NOISE, TALK) == []


def test_what_is_frequent_everywhere_is_not_offered() -> None:
    mine = [sentence(f"On polymetallic nodules again {n}.", n) for n in range(4)]
    assert offered(mine, ["polymetallic nodules"] * 60, TALK) == []


def test_too_few_stories_or_one_publisher_are_no_evidence() -> None:
    few = [sentence(f"On polymetallic nodules again {n}.", n) for n in range(2)]
    assert offered(few, NOISE, TALK) == []
    one = [sentence(f"On polymetallic nodules again {n}.", n, publisher="paper") for n in range(5)]
    assert offered(one, NOISE, TALK) == []


@pytest.mark.parametrize(
    ("line", "condition"),
    [
        ("guarantee* NEAR/4 (Kyiv OR Ukraine)", None),
        ('"peace talks" AND (Ukraine OR Kyiv)', "(Ukraine OR Kyiv)"),
        ('("a AND b" OR c) AND d AND e', "d AND e"),
        ("a AND NOT b", None),
    ],
)
def test_the_condition_of_a_line(line: str, condition: str | None) -> None:
    assert condition_of(line) == condition


def test_a_line_takes_on_what_most_lines_ask_and_is_not_written_twice() -> None:
    about = ("truce AND (Gaza OR Hamas)", "armistice AND (Gaza OR Hamas)", "ceasefire")
    assert line_for("prisoner swap", about[:2], about) == '"prisoner swap" AND (Gaza OR Hamas)'
    assert line_for("prisoner swap", about[1:], about) == '"prisoner swap"'
    assert line_for("prisoner swap", (), about) == '"prisoner swap"'
    assert line_for("lasting ceasefire", about, about) is None
