from itertools import combinations

import pytest

from rules.fold import fold_wording
from rules.variants import groups, spellings


@pytest.mark.parametrize(
    ("written", "spelling"),
    [("Zelensky", "selenskyj"), ("Zelenskyy", "zelenskiy"), ("Kiev", "kyjiw"), ("Poutine", "putin"),
     ("Lukashenka", "lukaschenko"), ("defence ministry", "defense ministry"), ("a program", "a programme"),
     ("cease-fire line", "cease fire line"), ("Volodymyr Zelensky", "wolodymyr selenskyj")],
)  # fmt: skip
def test_spellings(written: str, spelling: str) -> None:
    found = spellings(fold_wording(written))
    assert spelling in found
    assert fold_wording(written) in found


def test_a_wording_without_variants_is_itself() -> None:
    assert spellings("olaf scholz") == ("olaf scholz",)


def test_too_many_spellings_are_refused() -> None:
    with pytest.raises(ValueError, match="more than 500 spellings"):
        spellings("zelensky zelensky zelensky zelensky")


def test_no_spelling_is_in_two_groups() -> None:
    for one, other in combinations(groups(), 2):
        assert not set(one) & set(other)


def test_each_group_has_spellings_that_differ() -> None:
    assert all(len(group) > 1 for group in groups())
