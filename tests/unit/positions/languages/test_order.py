"""Word order: clauses laid out for the walk, negations in two words, and words parted as each language writes them."""

from __future__ import annotations

import pytest

from monitor.positions.grammar.language import load_language
from monitor.positions.grammar.order import deny_once, reorder
from monitor.positions.grammar.sentences import Layout, lay_out
from monitor.positions.grammar.tokens import tokenize

NAMES = {"berlin", "macron", "moskau", "tusk"}
POSSESSIVES = {"sein", "meinen"}
"""German infinitives that are written like them; at the end of a clause they are verbs."""
SMALL = ("prepositions", "determiners", "coordinators", "complementizers", "relatives", "subordinators")


def laid_out(text: str) -> Layout:
    """German in the order in which it is read; the actors are those of NAMES, the matter is "Truppen"."""
    german = load_language("de")
    layout = lay_out(text, german)
    names = [(i, i + 1) for i, token in enumerate(layout.tokens) if token.fold in NAMES]
    about = [i for i, token in enumerate(layout.tokens) if token.fold == "truppen"]
    reorder(layout, german, names, [], about)
    return layout


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("Berlin lehnt Truppen ab.", "berlin lehnt ab truppen ."),
        ("Am Montag lehnte Berlin Truppen ab.", "am montag berlin lehnte ab truppen ."),
        ("Truppen lehnt Berlin ab.", "berlin lehnt ab truppen ."),
        ("Berlin hat Truppen nicht abgelehnt.", "berlin hat nicht abgelehnt truppen ."),
        ("Tusk sagt, dass Berlin Truppen ablehnt.", "tusk sagt , dass berlin ablehnt truppen ."),
        ("Berlin weigert sich, Truppen zu schicken.", "berlin sich weigert , zu schicken truppen ."),
        ("Berlin liefert Waffen und lehnt Truppen ab.", "berlin liefert waffen und lehnt ab truppen ."),
        ("Sollte Moskau Truppen ablehnen, hilft Berlin.", "sollte moskau ablehnen truppen , berlin hilft ."),
        ("Berlin lehnt den Plan, Truppen zu schicken, ab.", "berlin lehnt ab den plan , zu schicken truppen , ."),
        ("Die Opposition lehnt Truppen ab.", "die opposition lehnt ab truppen ."),
    ],
)
def test_clauses_are_laid_out_as_subject_negation_verb_object(text: str, order: str) -> None:
    assert " ".join(token.fold for token in laid_out(text).tokens) == order


@pytest.mark.parametrize(
    "text",
    ["Berlin lehnt Truppen ab.", "", "ab ab ab", "„Truppen“, sagte Tusk, lehne Berlin ab.", "dass, ob; wenn – zu!"],
)
def test_every_token_is_read_once_and_keeps_its_place_in_the_text(text: str) -> None:
    layout = laid_out(text)
    assert sorted(layout.places) == list(range(len(layout.tokens)))
    for written, at in enumerate(layout.places):
        token = layout.tokens[at]
        assert token.start == layout.starts[written]
        assert text[token.start : token.end] == token.text


def test_a_language_without_such_order_is_left_alone() -> None:
    english = load_language("en")
    layout = lay_out("On Monday Berlin rejected it.", english)
    before = list(layout.tokens)
    reorder(layout, english, [(2, 3)], [], [])
    assert layout.tokens == before


@pytest.mark.parametrize(
    ("code", "text", "folds"),
    [
        ("fr", "Il n'exclut pas cela", "il pas exclut ne cela"),
        ("fr", "Il ne veut que cela", "il ne veut que cela"),
        ("es", "No enviará ningún soldado", "no enviará ya soldado"),
        ("it", "Non manda mai nessuno", "non manda già già"),
        ("fr", "Pas de soldats", "pas de soldats"),
    ],
)
def test_a_negation_in_two_words_counts_once(code: str, text: str, folds: str) -> None:
    language = load_language(code)
    layout = lay_out(text, language)
    deny_once(layout, language)
    assert " ".join(token.fold for token in layout.tokens) == folds


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        ("en", "Rome's don't", ["Rome", "'s", "do", "n't"]),
        (
            "fr",
            "L’Ukraine d'envoyer a-t-il d' «dire»",
            ["L’", "Ukraine", "d'", "envoyer", "a", "-t-il", "d'", "«", "dire", "»"],
        ),
        ("it", "dell'Ucraina un’idea", ["dell'", "Ucraina", "un’", "idea"]),
        ("de", "Berlins Nato-Beitritt würde", ["Berlins", "Nato-Beitritt", "würde"]),
    ],
)
def test_words_are_parted_as_the_language_writes_them(code: str, text: str, words: list[str]) -> None:
    tokens = tokenize(text, load_language(code).writing)
    assert [token.text for token in tokens] == words
    assert all(text[token.start : token.end] == token.text for token in tokens)


def test_accents_tell_words_apart_where_the_language_says_so() -> None:
    assert load_language("it").writing.fold("È") == "è"
    assert load_language("de").writing.fold("WÜRDE") == "würde"
    assert load_language("en").writing.fold("Élysée") == "elysee"


@pytest.mark.parametrize("code", ["de", "fr", "es", "it"])
def test_no_form_of_a_verb_is_a_small_word(code: str) -> None:
    language = load_language(code)
    small = {word for name in SMALL for word in language.words[name]}
    assert not (language.verbs.forms - language.words["helper_verbs"] - POSSESSIVES) & small
