"""The judge: the cues of a candidate → a stance, by multiplying signs as one reads them.

Each wording between the holder and the matter either keeps or turns round what follows ("ends the pause in" is two
turns); a negation turns the next wording. What leaves the matter open makes the stance conditional, unless the holder
is plainly against. No wording that commits the holder: no stance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from monitor.model.statement import Stance
from monitor.positions.grammar.language import CueClass as C
from monitor.positions.protocol import Candidate, CueSeen, Judgement

NEGATION_REACH = 4
"""Words between a negation and what it negates."""
ACT_REACH = 5
"""Words between a verb of doing and the matter it does; farther off it has another object."""
WITHDRAWAL_REACH = 5
"""Words from a verb such as "dropped" to the end of the noun of what is held."""
AGAINST = (C.OPPOSE, C.EXCLUDE, C.OPPOSE_NOUN, C.BAD, C.HARM, C.LAPSE)
FOR = (C.SUPPORT, C.SUPPORT_NOUN, C.GOOD, C.BENEFIT, C.PREVAIL)


@dataclass(slots=True)
class Tally:
    """What was seen so far."""

    sign: int = 1
    negated: bool = False
    commits: bool = False
    against: bool = False
    conditional: bool = False
    hard_condition: bool = False
    possible: bool = False
    left_open: bool = False
    denied: bool = False
    used: list[str] = field(default_factory=list)
    tied: bool = False
    ought: bool = False
    refused: bool = False
    condemned: bool = False
    stop: str = ""


class CueJudge:
    """Judges by the cues alone; the same for every issue and language."""

    name = "cues"
    version = "1"

    def judge(self, candidate: Candidate) -> Judgement:
        """The stance, or none with the reason."""
        tally = Tally(sign=candidate.polarity, commits=candidate.states_it)
        cues, withdraws = _taken_back(_bearing(candidate.cues))
        for place in ("before", "inside", "after", "ahead"):
            for cue in cues:
                if cue.place == place:
                    _take(tally, cue)
                    if tally.stop:
                        return Judgement(None, 0.0, tally.stop)
            if place == "inside" and tally.negated:
                tally.sign, tally.negated, tally.commits, tally.refused = -tally.sign, False, True, True
        if tally.negated and tally.ought:
            tally.commits = candidate.states_it  # "must not become …": what it ought not to be, no list knows
        tally.negated = False
        if tally.tied:
            return Judgement(None, 0.0, "the matter is what the position depends on, not what it is about")
        if candidate.question and not candidate.states_it:
            return Judgement(None, 0.0, "a question is no position")
        if not tally.commits:
            return Judgement(None, 0.0, "no wording that shows a stance")
        found = _conclude(tally)
        if withdraws and found.stance is not Stance.CONDITIONAL:
            return replace(found, withdraws=True, why=f"takes back: {found.why}")
        return found


def _bearing(cues: Sequence[CueSeen]) -> list[CueSeen]:
    """Without a turn whose object is another, as nothing between takes it up: "loosen the rules for …"."""
    last = next((cue for cue in reversed(cues) if cue.place == "before"), None)
    elsewhere = last is not None and last.has(C.REVERSE) and not last.has(*AGAINST, *FOR) and last.gap > ACT_REACH
    turned = max((at for at, cue in enumerate(cues) if cue.place == "before" and cue.has(C.NOW)), default=-1)
    return [
        cue
        for at, cue in enumerate(cues)
        if not (elsewhere and cue is last) and not (at < turned and cue.has(C.FORMER))
    ]


def _taken_back(cues: Sequence[CueSeen]) -> tuple[list[CueSeen], bool]:
    """The cues without "dropped" before "its objection to", and whether that was so; "not dropped" leaves it held."""
    before = [cue for cue in cues if cue.place == "before"]
    for index, (verb, noun) in enumerate(pairwise(before)):
        if verb.has(C.WITHDRAW) and noun.has(C.HELD) and verb.gap - noun.gap <= WITHDRAWAL_REACH:
            denied = index > 0 and before[index - 1].has(C.NEGATION)
            gone = before[index - 1 : index + 1] if denied else [verb]
            return [cue for cue in cues if not any(cue is one for one in gone)], not denied
    return list(cues), False


def _conclude(tally: Tally) -> Judgement:
    why = ", ".join(tally.used)
    if tally.denied:
        return Judgement(Stance.OPPOSES if tally.sign > 0 else Stance.SUPPORTS, 0.8, f"denied: {why}")
    if tally.left_open:
        return Judgement(Stance.CONDITIONAL, 0.7, f"left open: {why}")
    if tally.conditional and (tally.hard_condition or not tally.against):
        return Judgement(Stance.CONDITIONAL, 0.7, f"conditional: {why}")
    if tally.possible and (tally.sign > 0 or not tally.against):
        return Judgement(Stance.CONDITIONAL, 0.5, f"only possible: {why}")
    return Judgement(Stance.SUPPORTS if tally.sign > 0 else Stance.OPPOSES, 0.9, why)


def _take(tally: Tally, cue: CueSeen) -> None:
    """One wording more."""
    if cue.has(C.FORMER) and cue.place in ("before", "inside", "ahead"):
        tally.stop = f"'{cue.wording}' tells of an earlier position"
        return
    if cue.has(C.OUTSIDER):
        tally.stop = f"'{cue.wording}' is what outsiders say of somebody"
        return
    if cue.has(C.UNSAID) and cue.place in ("before", "ahead"):
        tally.stop = f"'{cue.wording}': what is denied to have been is no position"
        return
    if cue.has(C.DENIAL) and cue.place in ("before", "ahead"):
        tally.denied = True
        tally.used.append(cue.wording)
        return
    if cue.has(C.GUESS) and cue.place == "before":
        tally.stop = f"'{cue.wording}' is a guess about somebody"
        return
    if cue.has(C.OPEN_QUESTION) and cue.place == "before":
        tally.stop = f"'{cue.wording}' is an open question"
        return
    if cue.has(C.NEGATION):
        if cue.loose:
            return
        tally.negated = not tally.negated
        tally.used.append(cue.wording)
        return
    if cue.place == "ahead":
        if cue.has(C.CONDITION) and cue.gap >= 0:
            tally.conditional = tally.hard_condition = True
            tally.used.append(cue.wording)
        return
    _apply(tally, cue)


def _apply(tally: Tally, cue: CueSeen) -> None:
    """A wording that turns, keeps or opens what follows."""
    if cue.has(C.BAD) and cue.place == "before" and cue.gap == 0 and not cue.has(C.OPPOSE, C.OPPOSE_NOUN):
        return
    if cue.has(C.LACKING) and cue.place == "after":
        if tally.refused or tally.negated:
            tally.conditional = tally.hard_condition = True
            tally.used.append(cue.wording)
        return
    if cue.has(C.CONDITION) and cue.has(C.SUPPORT) and cue.place == "before":
        _in_favour(tally, cue, False)  # what one asks in exchange is what one wants
        return
    for kinds, effect in _EFFECTS:
        if cue.has(*kinds):
            tally.used.append(cue.wording)
            effect(tally, cue)
            return
    if cue.has(*FOR, C.NORMATIVE, C.ACT):
        _in_favour(tally, cue, tally.negated)


def _turn(tally: Tally) -> None:
    tally.sign, tally.against = -tally.sign, True


def _exclude(tally: Tally, cue: CueSeen) -> None:
    if tally.negated:
        tally.left_open = True
    else:
        _turn(tally)
        tally.refused = True
    tally.commits, tally.tied, tally.negated = True, False, False


def _oppose(tally: Tally, cue: CueSeen) -> None:
    verdict = cue.place == "after" and cue.has(C.BAD, C.HARM, C.LAPSE)
    if not tally.negated and not (verdict and tally.condemned):
        _turn(tally)
    tally.condemned = tally.condemned or (verdict and not tally.negated)
    tally.commits, tally.tied, tally.negated = True, False, False


def _reverse(tally: Tally, cue: CueSeen) -> None:
    if not tally.negated:
        tally.sign = -tally.sign
    near = (cue.verb or tally.negated) and min(cue.gap, cue.link) <= ACT_REACH
    tally.commits = tally.commits or cue.place == "inside" or near
    tally.negated = False


def _leave_open(tally: Tally, cue: CueSeen) -> None:
    if tally.negated:
        _turn(tally)
        tally.commits = True
    else:
        tally.conditional = True
        tally.hard_condition = tally.hard_condition or not cue.has(C.SOFT)
    tally.negated = False


def _condition(tally: Tally, cue: CueSeen) -> None:
    tally.tied = cue.place == "before" and not tally.negated
    _leave_open(tally, cue)
    tally.commits = tally.commits or (cue.place == "after" and cue.has(C.OPEN))


def _open(tally: Tally, cue: CueSeen) -> None:
    _leave_open(tally, cue)
    tally.commits, tally.tied = True, False


def _possible(tally: Tally, cue: CueSeen) -> None:
    tally.possible = True


_EFFECTS: tuple[tuple[tuple[C, ...], Callable[[Tally, CueSeen], None]], ...] = (
    ((C.EXCLUDE,), _exclude),
    ((C.OPPOSE, C.OPPOSE_NOUN, C.BAD, C.HARM, C.LAPSE), _oppose),
    ((C.REVERSE,), _reverse),
    ((C.CONDITION,), _condition),
    ((C.OPEN,), _open),
    ((C.POSSIBLE,), _possible),
)
"""The first that fits counts: "doubts" before "could"."""


def _in_favour(tally: Tally, cue: CueSeen, negated: bool) -> None:
    if cue.place == "inside":
        tally.commits = tally.commits or cue.has(C.NORMATIVE)
        if negated:
            tally.sign, tally.against, tally.commits, tally.refused = -tally.sign, True, True, True
        tally.negated = False
        return
    if cue.place == "before" and cue.gap == 0 and not cue.has(C.SUPPORT, C.SUPPORT_NOUN, C.NORMATIVE, C.ACT):
        return
    only_act = not cue.has(*FOR, C.NORMATIVE)
    if only_act and min(cue.gap, cue.link) > ACT_REACH and cue.place == "before":
        return
    tally.used.append(cue.wording)
    tally.ought = cue.has(C.NORMATIVE) and cue.place == "after" and (tally.ought or not tally.commits)
    tally.commits, tally.tied = True, False
    if negated:
        tally.sign, tally.against, tally.refused = -tally.sign, True, True
    tally.negated = False
