"""A draft as an operator writes it, a pack's folder or the text of one file, beside the rules in force."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from monitor.pipeline.preview import Draft
from monitor.pipeline.rule_edits import Key, RuleChange, by_key, changes_between
from rules.loader import load_packs
from rules.model import RuleKind, RuleSet

_FOLDERS = {RuleKind.ACTOR: "actors", RuleKind.ISSUE: "issues", RuleKind.QUERY: "queries"}
DRAFT = "draft"
"""What the file is called in problems."""


def beyond(below: RuleSet, above: RuleSet) -> set[Key]:
    """The rules in which two sets differ."""
    one, other = by_key(below), by_key(above)
    return {key for key in {*one, *other} if one.get(key) != other.get(key)}


def changes_in(in_force: RuleSet, folder: Path, below: Sequence[Path]) -> list[RuleChange]:
    """What the folder's rules are otherwise than those in force. Raises RulesInvalid."""
    given = load_packs(*below, folder)
    rules = by_key(given)
    return changes_between(in_force, {key: rules.get(key) for key in sorted(beyond(load_packs(*below), given))})


def draft_of(text: bytes, kind: RuleKind, in_force: RuleSet, packs: Sequence[Path]) -> Draft:
    """The text of a file of rules, YAML or JSON, as a draft over the packs and what is in force. Raises RulesInvalid,
    whose problems name `draft.yaml` and the place in the text.
    """
    with tempfile.TemporaryDirectory(prefix="volteface-draft-") as folder:
        alone = Path(folder) / DRAFT
        (alone / _FOLDERS[kind]).mkdir(parents=True)
        (alone / _FOLDERS[kind] / f"{DRAFT}.yaml").write_bytes(text)
        return Draft(before=in_force, changes=tuple(changes_in(in_force, alone, packs)))
