"""What the generated items of `volteface bench preview` are made of, by language: words, and an edit of an issue.

`drawn` are the wordings that a share of the items holds, `odd` the words with other than ASCII letters in a fifth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of one language; `before` and `after` are about lines."""

    words: tuple[str, ...]
    odd: tuple[str, str]
    drawn: tuple[tuple[str, ...], ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


_ENGLISH = """
the of and to in a is that for on was with as by at from it an be said has had have not were which
this who their its after more but about one two new would year years people first could over time
when last also into most other than been some only they government minister president country party
state city police court company market bank week month day report million percent group members
parliament election vote law plan deal talks war peace army troops forces border security energy
price oil gas water food health school children women men family house home street road bridge train
port ship sea coast island river mountain winter summer heat storm rain wind fire flood team match
game season player coach goal league cup club music film book artist museum festival show street
park
"""
_GERMAN = """
der die das und in zu den von mit sich auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach
wird bei einer um am sind noch wie einem über einen so zum haben nur oder aber vor zur bis mehr durch man sein wurde
wenn können gegen vom schon Regierung Minister Präsident Land Partei Staat Stadt Polizei Gericht Firma Markt Bank Woche
Monat Tag Bericht Millionen Prozent Gruppe Mitglieder Parlament Wahl Gesetz Plan Gespräche Krieg Frieden Armee Truppen
Grenze Sicherheit Energie Preis Öl Gas Wasser Gesundheit Schule Kinder Frauen Männer Familie Haus Straße Brücke Zug
Schiff Meer Küste Insel Fluss Berg Winter Sommer Hitze Sturm Regen Feuer Mannschaft Spiel Trainer Tor Musik Film Buch
Künstler Museum
"""
_FRENCH = """
le la les de des du et en à un une que qui dans pour sur pas au par est plus avec se son ce sont aux cette ses être
mais comme ou il été elle leur fait après deux aussi sans même entre ans gouvernement ministre président pays parti
État ville police tribunal entreprise marché banque semaine mois jour rapport millions groupe membres parlement élection
vote loi plan accord négociations guerre paix armée troupes frontière sécurité énergie prix pétrole gaz eau santé école
enfants femmes hommes famille maison rue pont train navire mer côte île fleuve montagne hiver été chaleur tempête pluie
feu équipe match entraîneur but musique film livre artiste musée
"""
WORDINGS: Mapping[str, Wording] = {
    "en": Wording(
        words=tuple(_ENGLISH.split()),
        odd=("café’s", "“Zürich”"),
        drawn=(("tram", "line"), ("Tramway", "to", "the", "quay"), ("harbour", "tramways")),
        before=('"tram line"', "tramway AND harbour"),
        after=('"tram line"', "tram* NEAR/8 (harbour OR quay)", '"light rail" AND stabilisation'),
    ),
    "de": Wording(
        words=tuple(_GERMAN.split()),
        odd=("„Zürich“", "Übergänge"),
        drawn=(("Straßenbahn", "zum", "Hafen"), ("Straßenbahnen", "am", "Kai"), ("Hafen", "Straßenbahn")),
        before=('"Straßenbahn zum Hafen"', "Straßenbahn AND Hafen"),
        after=('"Straßenbahn zum Hafen"', "Straßenbahnen NEAR/8 (Häfen OR Kai)", '"neue Stadtbahn" AND Verlängerung'),
    ),
    "fr": Wording(
        words=tuple(_FRENCH.split()),
        odd=("« Zürich »", "œuvres"),
        drawn=(("tramway", "du", "port"), ("nouveaux", "tramways", "des", "quais"), ("port", "et", "tramways")),
        before=('"tramway du port"', "tramway AND port"),
        after=('"tramway du port"', "tramways NEAR/8 (ports OR quais)", '"métro léger" AND stabilisation'),
    ),
}
