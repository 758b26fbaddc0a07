"""The names of the word lists that every language has in its structure.yaml."""

from __future__ import annotations

WORD_LISTS = frozenset(
    """
    determiners auxiliaries prepositions coordinators like clause_breaks complementizers relatives
    personal_relatives agents owners first_person third_person_singular third_person_plural neuter
    possessive_singular possessive_plural title_words person_roles group_roles pair_roles body_roles bodies spokes
    body_links generic list_leads hearers past_markers infinitive_markers adjuncts hypotheses impersonal beside
    passives views figures particles modals anybody alternatives indefinites first_possessive neuter_possessive
    possessive_marks title_links qualifiers conditions_ahead verb_adverbs subject_ends lone_letters subordinators
    helper_verbs floating_negation reflexives object_prepositions negation_openers negation_closers no_negation
    denies muted date_links
    """.split()
)
"""Each is explained in `languages/README.md`, and where it stands in `languages/en/structure.yaml`."""
