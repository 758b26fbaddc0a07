from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.web.highlight import Mark, Segment, segments

TEXTS = st.text(max_size=40)
MARKS = st.lists(
    st.builds(
        Mark,
        start=st.integers(-5, 50),
        end=st.integers(-5, 50),
        tone=st.sampled_from(["actor", "issue", "evidence"]),
        label=st.text(max_size=5),
    ),
    max_size=8,
)


def test_overlapping_marks_are_cut_where_they_begin_and_end() -> None:
    found = segments("abcdef", [Mark(1, 4, "evidence", "E"), Mark(3, 5, "actor", "A")])
    assert found == [
        Segment("a"),
        Segment("bc", ("evidence",), "E"),
        Segment("d", ("evidence", "actor"), "E; A"),
        Segment("e", ("actor",), "A"),
        Segment("f"),
    ]


def test_offsets_are_code_points() -> None:
    assert segments("𝔄 Ada", [Mark(2, 5, "actor", "")])[1].text == "Ada"


@given(TEXTS, MARKS)
def test_nothing_is_lost_and_every_character_has_exactly_its_marks(text: str, marks: list[Mark]) -> None:
    found = segments(text, marks)
    assert "".join(segment.text for segment in found) == text
    at = 0
    for segment in found:
        for place in range(at, at + len(segment.text)):
            assert set(segment.tones) == {m.tone for m in marks if m.start <= place < m.end}
        at += len(segment.text)
