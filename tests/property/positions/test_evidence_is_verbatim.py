"""Whatever the text, evidence is verbatim at its offsets, and reading is deterministic and bounded."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.positions.reader import item, read
from tests.unit.positions.reading_rows import GROUPS

TEXTS = [text for rows in GROUPS.values() for text, _ in rows]
ODD = st.text(alphabet="“”\"'’«».,;:—–-!?…()[] \n\t\u00a0\u200b\u202e\u0301ﬁİßⅧ€𝕏🙂aZ9", max_size=12)


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """Sentences that mean something, cut, joined and with odd characters put in."""
    parts = draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=5))
    text = draw(st.sampled_from([" ", "\n", "", " – "])).join(parts)
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(ODD) + text[at:]
    begin = draw(st.integers(0, len(text)))
    return text[begin:] if draw(st.booleans()) else text[: len(text) - begin // 2]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=mangled(), title=mangled())
def test_evidence_stands_where_it_says(text: str, title: str) -> None:
    fields = item(text, title=title).fields
    reading = read(text, title=title)
    for statement in reading.statements:
        evidence = statement.evidence
        assert fields[evidence.field][evidence.start : evidence.end] == evidence.text
        assert evidence.text.strip()
        assert 0 < statement.confidence < 1
        assert statement.claimed_by != statement.holder
    for step in reading.trace:
        assert not step.field or 0 <= step.start < step.end <= len(fields[step.field])
    assert read(text, title=title) == reading


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=400))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read(text, title=text)
