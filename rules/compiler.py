"""Rules → what finds them in items."""

from __future__ import annotations

from rules.literals import literals_of, query_lines_of
from rules.matcher import CompiledRules
from rules.model import RuleSet

__all__ = ["CompiledRules", "compile_rules"]


def compile_rules(rules: RuleSet) -> CompiledRules:
    """A set of rules ready to be looked for.

    The automaton of a language is built when its first item arrives. Raises QueryInvalid (a ValueError) for a query
    that does not parse; sets that came through the loader have none.
    """
    return CompiledRules(rules, tuple(literals_of(rules)), tuple(query_lines_of(rules)))
