"""The rules in force: packs into the database, and from the database one compiled set for the workers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock

from monitor.events import Subject
from rules.compiler import compile_rules
from rules.joining import joined
from rules.loader import load_packs
from rules.matcher import CompiledRules
from storage.engine import Database


class RuleBook:
    """Holds the compiled rules and notices when the database has newer ones; a set is used whole or not at all."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._compiled: CompiledRules | None = None
        self._lock = Lock()

    def install(self, packs: Sequence[Path], now: datetime, *, seed: bool = True) -> str:
        """Imports the seed pack and the operator's packs over it; returns the version of the set.

        Of actors that an operator merged, what a pack says of the one is said of the other. Raises RulesInvalid with
        every problem; then the rules already in the database stay in force.
        """
        loaded = load_packs(*packs, seed=seed)
        with self._database.work() as work:
            before = work.rules.current().version
            for merged in work.actor_verdicts.merges():
                loaded = joined(loaded, merged.actor, merged.into)
            why = "packs read at start: " + ", ".join(["seed", *(p.name for p in packs)])
            version = work.rules.import_rules(loaded, origin="packs", who="packs", why=why, now=now)
            if version != before:
                work.events.add(Subject.RULES_CHANGED, {"version": version}, now)
        return version

    def current(self) -> CompiledRules:
        """The compiled rules in force now."""
        with self._lock:
            with self._database.view() as work:
                rules = work.rules.current()
            if self._compiled is None or self._compiled.rules.version != rules.version:
                self._compiled = compile_rules(rules)
            return self._compiled
