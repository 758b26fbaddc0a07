"""Sentences of languages whose verbs change their place, brought into the order that the walk expects.

German puts the finite verb second and the rest of it last ("lehnt … ab", "hat … abgelehnt"), in subordinate clauses all
of it last, and the subject behind the verb when something else comes first. Each clause is laid out as subject,
negation, verb, object; the words keep their offsets, so evidence is what stands in the text. French says no in two
words around the verb ("ne … pas"): there the first alone denies, and the second is muted.

Which languages this is done for, and with which words, is said in `languages/`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from monitor.positions.grammar.arrange import Arranger, until_mark
from monitor.positions.grammar.language import Language
from monitor.positions.grammar.sentences import Layout

PAIR_REACH = 6
"""Tokens from the first word of a negation in two words to the second."""


def deny_once(layout: Layout, language: Language) -> None:
    """Negations in two words count once, at the first: "ne soutient pas", "no enviará ningún soldado"."""
    openers, closers = language.words["negation_openers"], language.words["negation_closers"]
    denying = next(iter(sorted(language.words["denies"])), "")
    muted = next(iter(sorted(language.words["muted"])), "")
    if not openers or not denying or not muted:
        return
    tokens = layout.tokens
    for index, token in enumerate(tokens):
        if token.fold not in openers:
            continue
        ahead = range(index + 1, min(index + 1 + PAIR_REACH, len(tokens)))
        closing = [i for i in until_mark(tokens, ahead) if tokens[i].fold in closers]
        for at in closing:
            tokens[at] = replace(tokens[at], fold=muted)
        if closing:
            tokens[index] = replace(token, fold=denying)


def reorder(
    layout: Layout,
    language: Language,
    names: Collection[tuple[int, int]],
    owners: Collection[int],
    matters: Collection[int],
) -> None:
    """Brings the clauses of a field into the order subject, verb, object where the language asks for it.

    `names` are token ranges that name actors, `owners` the first tokens of those in the genitive,
    `matters` all tokens that name an issue's matter. Fills
    `layout.places` and `layout.lifted`.
    """
    if not language.traits.verb_second:
        return
    original = list(layout.tokens)
    voices = [-1] * len(original)
    for number, quotation in enumerate(layout.quotations):
        if quotation.speech:
            voices[quotation.start : quotation.end] = [number] * (quotation.end - quotation.start)
    arranger = Arranger(original, language, names, owners, matters)
    for sentence in layout.sentences:
        start = sentence.start
        while start < sentence.end:
            end = start
            while end < sentence.end and voices[end] == voices[start]:
                end += 1
            for at, source in zip(range(start, end), arranger.arrange(start, end), strict=True):
                layout.tokens[at] = original[source]
                layout.places[source] = at
            start = end
    pronoun = min(language.words["relatives"])
    for index in arranger.relatives:
        at = layout.places[index]
        layout.tokens[at] = replace(layout.tokens[at], fold=pronoun)
    layout.lifted.update(arranger.lifted)
