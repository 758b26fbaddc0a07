from rules.query import parse_query
from rules.query_explain import Outline, outline


def drawn(line: Outline, depth: int = 0) -> list[str]:
    return ["  " * depth + line.label, *(text for below in line.below for text in drawn(below, depth + 1))]


def test_draws_every_part_of_a_query() -> None:
    query = 'title:"(armed OR peacekeeping) forces" (actor:nato BEFORE/1 =rejects) NOT (lang:de OR source:example.org)'
    assert drawn(outline(parse_query(query).root)) == [
        "all of these in the item",
        "  in the title only",
        "    any of these",
        "      the phrase “armed forces”: stem arm + stem forc",
        "      the phrase “peacekeeping forces”: stem peacekeep | (stem peac, stem keeper) | (stem peac, stem keep)"
        " + stem forc",
        "  near each other in one paragraph",
        "    where the actor nato is named",
        "    behind it, with at most 1 word between",
        "      the word “=rejects”: exactly rejects",
        "  and nowhere in the item",
        "    any of these",
        "      items in de",
        "      items published by example.org, or below it",
    ]


def test_draws_words_as_they_are_looked_for_in_a_language() -> None:
    assert drawn(outline(parse_query("Truppen").root, "de")) == ["the word “truppen”: stem trupp"]
    assert drawn(outline(parse_query("troop* NEAR/0 org*ion").root)) == [
        "near each other in one paragraph",
        "  the word “troop*”: words that begin with troop",
        "  on either side, with at most no word between",
        "    the word “org*ion”: words like org*ion",
    ]
