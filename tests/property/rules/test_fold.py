"""The fold map is exact: a slice of the original between two mapped places folds to that slice of the folded text."""

from hypothesis import example, given
from hypothesis import strategies as st

from rules.fold import fold

TROUBLE = "aßﬁÉéi\u0301\u0306ийИłŁØİıﬀ\u00ad\u200b\ufeff \n\r\t\u00a0\u2029’“–´¨.𝐏한क़ﷺｶﾞ\u0345ŉǰΐ"
texts = st.text(st.one_of(st.sampled_from(TROUBLE), st.characters()), max_size=60)


@given(texts, st.data())
@example("ŉ ¨ ǰ", None)
@example(" \u00ad \u0301 \n\n", None)
def test_slices_fold_alike(original: str, data: st.DataObject | None) -> None:
    folded = fold(original)
    assert len(folded.starts) == len(folded.ends) == len(folded.text)
    cuts = [
        index
        for index in range(len(folded.text) + 1)
        if index in (0, len(folded.text)) or folded.starts[index - 1] != folded.starts[index]
    ]
    pairs = [(a, b) for a in cuts for b in cuts if a < b]
    if data is not None and pairs:
        pairs = [data.draw(st.sampled_from(pairs))]
    for first, past in pairs:
        start, end = folded.span(first, past)
        assert fold(original[start:end]).text == folded.text[first:past]


@given(texts)
def test_places_ascend_and_lie_in_the_original(original: str) -> None:
    folded = fold(original)
    assert all(0 <= start < end <= len(original) for start, end in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)
    assert list(folded.ends) == sorted(folded.ends)


@given(texts)
def test_case_and_separators_never_survive(original: str) -> None:
    folded = fold(original).text
    assert not set(folded) & set("\x1c\x1d\x1e\x1f\t\r\u00ad’“”")
    assert fold(folded.replace("\n", "\n\n")).text.casefold() == fold(folded.replace("\n", "\n\n")).text
