"""Ids that are typed: whether anybody knows them, and which were probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from monitor.cli.outcome import CommandError, Exit
from monitor.model.feed import Feed
from monitor.net.mask import mask
from monitor.settings import Settings
from rules.model import RuleSet
from storage.engine import Database
from storage.work import Work


def find_feed(work: Work, named: str) -> Feed:
    """A feed by id or address. Raises CommandError."""
    if named.isdigit():
        return work.feeds.get(int(named))
    feed = work.feeds.by_url(named)
    if feed is None:
        raise CommandError(f"no feed has the address {mask(named)}; `volteface feeds list` shows them", Exit.NOT_FOUND)
    return feed


def must_be_known(noun: str, given: str, known: Collection[str], code: Exit) -> None:
    """Ends the command with the ids that come close. Raises CommandError with `code`."""
    if given in known:
        return
    close = difflib.get_close_matches(given, sorted(known), n=3)
    hint = f"; did you mean {' or '.join(close)}?" if close else ";"
    raise CommandError(f"no {noun} has the id {given}{hint} `volteface rules list` shows them", code)


def must_be_found(database: Database, settings: Settings, actor: str | None, issue: str | None) -> None:
    """Ends the command when neither the rules nor what was found know the ids: an empty table would say nothing.

    Raises CommandError, RulesInvalid.
    """
    with database.view() as work:
        rules = work.rules.current()
        wanted = [("actor", actor, rules.actors), ("issue", issue, rules.issues)]
        unknown = [n for n, given, known in wanted if given and given not in known and not _in_data(work, n, given)]
    if not unknown:
        return
    known_rules = rules if rules.actors else _of_packs(settings)
    for noun, given, known in (("actor", actor, known_rules.actors), ("issue", issue, known_rules.issues)):
        if given and noun in unknown:
            must_be_known(noun, given, known, Exit.NOT_FOUND)


def _in_data(work: Work, noun: str, given: str) -> bool:
    actor, issue = (given, None) if noun == "actor" else (None, given)
    return bool(
        work.positions.all(actor, issue) or work.positions.changes(since=None, actor=actor, issue=issue, limit=1)
    )


def _of_packs(settings: Settings) -> RuleSet:
    """The rules that the first start of a new installation would take in."""
    from rules.loader import load_packs

    return load_packs(*settings.packs)
