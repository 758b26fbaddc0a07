"""Persons named with an office, in every language that is read; and which of them the rules know."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import pytest

from monitor.positions.grammar.language import load_language
from monitor.positions.grammar.sentences import lay_out
from monitor.positions.suggestions.known import KnownNames
from monitor.positions.suggestions.office_words import OfficeWords
from monitor.positions.suggestions.titled import TitledName, TitleFinder
from rules.loader import load_packs
from rules.model import ActorKind, ActorRule, Office, RuleSet

Found = tuple[str, str, str | None]


@lru_cache(maxsize=8)
def finder(code: str) -> TitleFinder:
    language = load_language(code)
    return TitleFinder(language, OfficeWords(load_packs(), language))


def named(code: str, text: str) -> list[TitledName]:
    layout = lay_out(text, load_language(code))
    return [
        one for sentence in layout.sentences
        for one in finder(code).find(text, layout.tokens, sentence.start, sentence.end)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("en", "Finnish President Jonna Kivi said so.", [("Jonna Kivi", "Finnish President", "finland")]),
        ("en", "US Secretary of Defense Ned Moss left.", [("Ned Moss", "US Secretary of Defense", "united-states")]),
        ("en", "Ada Kask, Estonia's foreign minister, left.", [("Ada Kask", "Estonia's foreign minister", "estonia")]),
        ("en", "Ilo Park (NATO secretary-general) spoke.", [("Ilo Park", "NATO secretary-general", "nato")]),
        ("en", "The president of Ukraine, Ivo Bilyk, spoke.", [("Ivo Bilyk", "president of Ukraine", "ukraine")]),
        ("en", "South Korean President Moon Ha-eun left.", [("Moon Ha-eun", "South Korean President", "south-korea")]),
        ("en", "Iranian supreme leader Reza Tavakoli spoke.", [("Reza Tavakoli", "Iranian supreme leader", "iran")]),
        ("en", "Defence Minister Israel Stern spoke.", [("Israel Stern", "Defence Minister", None)]),
        ("en", "Syria's president Omar al-Hadi spoke.", [("Omar al-Hadi", "president", None)]),
        ("en", "President Ann B. Cole spoke.", [("Ann B. Cole", "President", None)]),
        ("en", "The president and Foreign Minister Lev Orlov came.", [("Lev Orlov", "Foreign Minister", None)]),
        ("en", "Former Finnish President Jonna Kivi spoke.", []),
        ("en", "The former interior minister Lee Dong-su spoke.", []),
        ("en", "The leader of the Rapid Support Forces spoke.", []),
        ("en", "The president spoke. Jonna Kivi listened.", []),
        ("en", "Sweden's ambassador to Finland, Bo Ek, left.", [("Bo Ek", "Sweden's ambassador to Finland", "sweden")]),
        ("de", "Der finnische Präsident Jonas Kivi kam.", [("Jonas Kivi", "finnische Präsident", "finland")]),
        ("de", "Finnlands Präsident Jonas Kivi warb dafür.", [("Jonas Kivi", "Finnlands Präsident", "finland")]),
        ("de", "Verkehrsminister Udo Brand Journalisten gegenüber", [("Udo Brand", "Verkehrsminister", None)]),
        ("de", "Der ehemalige finnische Präsident Jonas Kivi kam.", []),
        ("fr", "Le président finlandais Jonas Kivi a parlé.", [("Jonas Kivi", "président finlandais", "finland")]),
        ("fr", "L’ancien président finlandais Jonas Kivi a parlé.", []),
        ("it", "Il ministro della Difesa Elio Bassi ha detto.", [("Elio Bassi", "ministro della Difesa", None)]),
        ("es", "El presidente de Finlandia, Jonas Kivi, dijo.", [("Jonas Kivi", "presidente de Finlandia", "finland")]),
    ],
)  # fmt: skip
def test_who_is_named_with_which_office(code: str, text: str, expected: list[Found]) -> None:
    found = named(code, text)
    assert [(one.name, one.office, one.body) for one in found] == expected
    for one in found:
        assert " ".join(text[one.start : one.end].split()) == one.name
        assert " ".join(text[one.office_start : one.office_end].split()) == one.office


def test_adjectives_are_told_from_the_rules_and_no_other_words_are() -> None:
    words = OfficeWords(load_packs(), load_language("en")).adjectives
    assert {words[bare] for bare in ("finnish", "finnisch", "finlandai", "finlandes")} == {"finland"}
    assert not words.keys() & {"deputy", "special", "stat", "whit", "hous", "director", "trump", "federation"}


RULES = RuleSet(
    actors={
        "ivo-bilyk": ActorRule("ivo-bilyk", "Ivo Bilyk", ActorKind.PERSON, aliases=("Bilyk",)),
        "eve-zelenko": ActorRule(
            "eve-zelenko", "Evelina Zelenko", ActorKind.PERSON, offices=(Office("Mayor of Aa", date(2020, 1, 1)),)
        ),
    }
)


@pytest.mark.parametrize(
    ("name", "known", "like"),
    [
        ("Ivo Bilyk", "ivo-bilyk", "ivo-bilyk"),
        ("IVO BILYK", "ivo-bilyk", "ivo-bilyk"),
        ("Ivo Maria Bilyk", "ivo-bilyk", "ivo-bilyk"),
        ("Olga Bilyk", None, "another"),
        ("Evelina Zelenkó", "eve-zelenko", "eve-zelenko"),
        ("Evelyna Zelienko", None, "eve-zelenko"),
        ("Eve Zelenko", None, "eve-zelenko"),
        ("Ivo Bilyyk", None, "ivo-bilyk"),
        ("Otto Bilyyk", None, None),
        ("Otto Kern", None, None),
    ],
)
def test_known_names_and_their_other_spellings(name: str, known: str | None, like: str | None) -> None:
    names = KnownNames(RULES)
    assert names.known(name) == known
    found = names.like(name)
    if like == "another":
        assert found is not None
        assert not found.same_given
    else:
        assert (found.actor.id if found and found.same_given else None) == like
