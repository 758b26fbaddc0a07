"""The seat of the judge: what candidates are judged by can be swapped without touching how they are found.

`cues` weighs the cues that the finder saw. A judge of another kind, such as a small local model, reads the passage for
itself: it implements `PassageJudge`, and a distribution that holds it names it under the entry point group
`volteface.judges`, as a callable that makes it. `VOLTEFACE_JUDGE` chooses one by that name.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import entry_points

from monitor.model.item import Item
from monitor.positions.protocol import Candidate, Judgement, Passage, PassageJudge, StanceJudge
from rules.model import RuleSet

GROUP = "volteface.judges"
CUES = "cues"
AROUND = 400
"""Characters of text on either side of the evidence: about two sentences."""


class NoSuchJudge(ValueError):  # noqa: N818 - it is what was asked for
    """No judge has this name, or what has it cannot be used. The message names those there are."""


def load_judge(name: str) -> PassageJudge | None:
    """The judge of a name; None for `cues`, which the extractor has of its own. Raises NoSuchJudge."""
    if name == CUES:
        return None
    found = {point.name: point for point in entry_points(group=GROUP)}
    if name not in found:
        there = ", ".join([CUES, *sorted(found)])
        raise NoSuchJudge(f"there is no judge {name!r}; there are: {there}")
    try:
        judge = found[name].load()()
    except Exception as error:  # whatever a foreign package does, the operator hears which one it was
        raise NoSuchJudge(f"the judge {name!r} cannot be made ({type(error).__name__}): {error}") from error
    if not isinstance(judge, PassageJudge):
        raise NoSuchJudge(f"the judge {name!r} has no name, version and judge_passages")
    return judge


def judged(
    judge: StanceJudge | PassageJudge, item: Item, rules: RuleSet, candidates: Sequence[Candidate]
) -> Sequence[Judgement]:
    """A judgement for each candidate, in their order. A judge of passages gets all of an item at once.

    Raises ValueError where such a judge gives another number of judgements than it was asked for.
    """
    if not isinstance(judge, PassageJudge):
        return [judge.judge(candidate) for candidate in candidates]
    passages = [passage_of(item, rules, candidate) for candidate in candidates]
    judgements = judge.judge_passages(passages) if passages else []
    if len(judgements) != len(passages):
        raise ValueError(f"the judge {judge.name} gave {len(judgements)} judgements on {len(passages)} passages")
    return judgements


def passage_of(item: Item, rules: RuleSet, candidate: Candidate) -> Passage:
    """What a judge that reads for itself gets to see of a candidate. Names fall back to ids where a rule is gone."""
    evidence = candidate.evidence
    text = item.fields[evidence.field]
    holder, issue = rules.actors.get(candidate.holder), rules.issues.get(candidate.issue)
    return Passage(
        text=evidence.text,
        before=text[max(evidence.start - AROUND, 0) : evidence.start],
        after=text[evidence.end : evidence.end + AROUND],
        holder=holder.name if holder else candidate.holder,
        proposition=issue.proposition if issue else candidate.issue,
        candidate=candidate,
    )
