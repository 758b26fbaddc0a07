"""One clause after the other in the order subject, negation, verb, object: see `order.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from monitor.positions.grammar.clause_subjects import Subjects
from monitor.positions.grammar.language import Language
from monitor.positions.grammar.tokens import Token


def until_mark(tokens: Sequence[Token], indexes: Sequence[int]) -> Iterator[int]:
    """The indexes up to the first mark."""
    for index in indexes:
        if not tokens[index].is_word:
            return
        yield index


@dataclass(slots=True)
class _Clause:
    """Token indexes of a clause without its outer marks. `opens` when a comma or mark stands before it."""

    indexes: list[int]
    begins: bool = False
    joined: bool = False


class Arranger(Subjects):
    """Arranges the clauses of one field; `lifted` are the verbs, negations and subjects that it moved,
    `relatives` the articles that turned out to be relative pronouns.
    """

    def __init__(
        self,
        tokens: Sequence[Token],
        language: Language,
        names: Collection[tuple[int, int]],
        owners: Collection[int],
        matters: Collection[int],
    ) -> None:
        super().__init__(tokens, language, names, owners, matters)
        self.prefixes = {form[1] for form in language.verbs.parted}
        self.lifted: set[int] = set()
        self.relatives: set[int] = set()
        self._behind: dict[int, int] = {}

    def arrange(self, start: int, end: int) -> list[int]:
        """The tokens of a stretch in one voice, in the new order."""
        parts = list(self._clauses(start, end))
        self._behind = self._prefixes_apart(parts)
        order: list[int] = []
        for part in parts:
            if isinstance(part, int):
                order.append(part)
            else:
                part.indexes = [i for i in part.indexes if i not in self._behind.values()]
                order.extend(self._with_prefixes(part, self._clause(part)))
        return order

    def _with_prefixes(self, clause: _Clause, order: list[int]) -> list[int]:
        """With the prefixes that stood apart behind verbs that are not the finite one."""
        for verb in clause.indexes:
            prefix = self._behind.get(verb)
            if prefix is not None and prefix not in order:
                order.insert(order.index(verb) + 1, prefix)
        return order

    def _clauses(self, start: int, end: int) -> Iterator[_Clause | int]:
        """Clauses, and between them the marks and the "and" that part them."""
        found: list[int] = []
        begins = joined = False
        for index in range(start, end):
            parts = not self.tokens[index].is_word and self.tokens[index].text not in "'%"
            joins = self.is_word(index, "coordinators") and self._two_verbs(found, index, end)
            if not parts and not joins:
                found.append(index)
                continue
            if found:
                yield _Clause(found, begins, joined)
            yield index
            found, begins, joined = [], parts, joins
        if found:
            yield _Clause(found, begins, joined)

    def _two_verbs(self, before: Sequence[int], index: int, end: int) -> bool:
        """Whether a verb stands on either side of an "and", so that it joins clauses."""
        ahead = until_mark(self.tokens, range(index + 1, end))
        return any(map(self.is_verb, before)) and any(map(self.is_verb, ahead))

    def _prefixes_apart(self, parts: Sequence[_Clause | int]) -> dict[int, int]:
        """Verb → its prefix, where a clause in commas stands between them: "lehnt den Plan, …, ab"."""
        apart: dict[int, int] = {}
        waiting: list[int] = []
        for part in parts:
            if isinstance(part, int):
                continue
            last = part.indexes[-1] if len(part.indexes) > 1 else -1
            if len(part.indexes) == 1 and self.tokens[part.indexes[0]].fold in self.prefixes:
                prefix = part.indexes[0]
                verb = next((v for v in reversed(waiting) if self._parts(v, prefix)), None)
                if verb is not None and verb not in apart:
                    apart[verb] = prefix
            waiting.extend(v for v in part.indexes if self.is_verb(v) and not (last >= 0 and self._parts(v, last)))
        return apart

    def _parts(self, verb: int, prefix: int) -> bool:
        return (self.tokens[verb].fold, self.tokens[prefix].fold) in self.language.verbs.parted

    def _clause(self, clause: _Clause) -> list[int]:
        c = clause.indexes
        if not any(map(self.is_verb, c)):
            return c
        tail = self._tail(c)
        opener = self._opener(clause)
        finite = next((n for n in range(tail) if self.is_verb(c[n])), None)
        if opener or finite is None:
            return self._verb_last(clause, tail, opener)
        return self._verb_second(c, finite, tail)

    def _tail(self, c: Sequence[int]) -> int:
        """Where the verbs at the end of a clause begin: "… nicht | entsandt werden"."""
        n = len(c)
        while n > 0 and (self.is_verb(c[n - 1]) or (n < len(c) and self.is_word(c[n - 1], "infinitive_markers"))):
            n -= 1
        return n

    def _opener(self, clause: _Clause) -> int:
        """How many words open a clause whose verb comes last: "dass", "der", "nur wenn", "mit denen"."""
        c = clause.indexes
        for n in range(min(2, len(c))):
            if self.is_word(c[n], "subordinators"):
                return n + 1
            relative = self.is_word(c[n], "relatives") or self.is_word(c[n], "relative_articles")
            ends = self.is_verb(c[-1]) and not self._infinitive(c)
            if clause.begins and relative and ends and not (len(c) > n + 1 and self.is_verb(c[n + 1])):
                self.relatives.add(c[n])
                return n + 1
            if not self.is_word(c[n], "prepositions") and not self.is_word(c[n], "auxiliaries"):
                break
        return 0

    def _infinitive(self, c: Sequence[int]) -> bool:
        """Whether a clause ends in an infinitive: "zu kürzen", "abzulehnen"."""
        markers = self.words["infinitive_markers"]
        joined = any(self.tokens[c[-1]].fold.startswith(p + m) for p in self.prefixes for m in markers)
        return joined or (len(c) > 1 and self.is_word(c[-2], "infinitive_markers"))

    def _verb_second(self, c: list[int], finite: int, tail: int) -> list[int]:
        verb = c[finite]
        prefix = [self._behind[verb]] if verb in self._behind else []
        if not prefix and tail == len(c) and finite < tail - 1 and self._parts(verb, c[-1]):
            prefix, tail = [c[-1]], tail - 1
        if finite == 0 and self.is_word(verb, "hypotheses"):
            return self._hypothesis(c, tail)
        fore, rest, cluster = c[:finite], c[finite + 1 : tail], [i for i in c[tail:] if i not in prefix]
        subject: list[int] = []
        if not self.free(fore):
            subject = self.subject_behind(rest)
        negations = [i for n, i in enumerate(rest) if self._floats(rest, n)]
        reflexive = [i for i in rest if self.is_word(i, "reflexives")]
        breaks = [i for i in rest if self.is_word(i, "clause_breaks")]
        lifted = {verb, *prefix, *cluster, *subject, *negations, *reflexive, *breaks}
        rest = [i for i in rest if i not in lifted]
        helps = self.is_word(verb, "helper_verbs")
        verbs = [verb, *negations, *reflexive] if helps else [*negations, *reflexive, verb, *prefix]
        verbs += self._turned(cluster)
        self.lifted |= lifted
        if subject and fore and self.is_object(fore):
            return [*breaks, *subject, *verbs, *rest, *fore]
        return [*fore, *breaks, *subject, *verbs, *rest]

    def _hypothesis(self, c: list[int], tail: int) -> list[int]:
        """A condition without "if" keeps its verb first: "Sollte Moskau zustimmen, …"."""
        subject = self._free_or_none(c[1:tail])
        rest = [i for i in c[1:tail] if i not in subject]
        self.lifted |= {c[0], *subject, *c[tail:]}
        return [c[0], *subject, *self._turned(c[tail:]), *rest]

    def _free_or_none(self, row: Sequence[int]) -> list[int]:
        return list(row[: self.free(row)])

    def _verb_last(self, clause: _Clause, tail: int, opener: int) -> list[int]:
        c, tail = clause.indexes, max(tail, opener)
        head, body, cluster = c[:opener], c[opener:tail], c[tail:]
        if not cluster or any(self.is_word(i, "passives") for i in cluster[1:]):
            return [*head, *body, *self._turned(cluster)]
        subject_end = self.free(body)
        if not subject_end and (opener or not clause.joined) and not self.is_word(cluster[0], "infinitive_markers"):
            relative = opener and c[opener - 1] in self.relatives
            subject_end = 0 if relative else self.first_noun(body)
        negations = [i for n, i in enumerate(body) if self._floats(body, n)]
        before = [i for i in body[:subject_end] if i not in negations]
        after = [i for i in body[subject_end:] if i not in negations]
        self.lifted |= {*cluster, *negations}
        if any(map(self.first_of_name, before)):
            self.lifted |= set(before)
        return [*head, *before, *negations, *self._turned(cluster), *after]

    def _turned(self, cluster: Sequence[int]) -> list[int]:
        """Verbs from the last, which is finite, to the first, which has the object; "zu" stays before its verb."""
        units: list[list[int]] = []
        for index in cluster:
            if units and self.is_word(units[-1][-1], "infinitive_markers"):
                units[-1].append(index)
            else:
                units.append([index])
        return [index for unit in reversed(units) for index in unit]

    def _floats(self, row: Sequence[int], n: int) -> bool:
        """Whether a negation denies the whole clause; "nicht nur" does not."""
        follows = n + 1 < len(row) and self.is_word(row[n + 1], "no_negation")
        return self.is_word(row[n], "floating_negation") and not follows
