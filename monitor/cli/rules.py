"""`volteface rules`: what is watched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import rule_backfill, rule_preview, rule_suggest, rule_versions
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.talk import JsonFlag, counted, plain, put_json, put_table, put_text, say
from monitor.positions.examples import backtest
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.settings import load_settings
from rules.backtest import Backtest
from rules.loader import check_packs, load_packs
from rules.model import ActorRule, IssueRule, QueryRule, RuleSet
from rules.query import QueryInvalid, parse_query, parse_wording
from rules.query_check import doubts_about
from rules.query_explain import Outline, outline

group = typer.Typer(help="The rules: actors, issues, queries.", no_args_is_help=True)

Packs = Annotated[
    list[Path] | None, typer.Option("--pack", help="A folder of rules laid over the seed pack; may be given again.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    rule_versions.register(group)
    rule_backfill.register(group)
    rule_preview.register(group)
    rule_suggest.register(group)
    app.add_typer(group, name="rules")


@group.command()
def check(
    packs: Annotated[
        list[Path] | None, typer.Argument(help="Folders to lay over the seed pack, in this order.")
    ] = None,
    seed: Annotated[bool, typer.Option("--seed/--no-seed", help="With or without the seed pack below.")] = True,
    as_json: JsonFlag = False,
) -> None:
    """Check rule files: every problem at once, with file, line and remedy, and run the examples that the rules carry.

    Exit code 2 when there are errors, or an example does not come out as expected.

    Example: [bold]volteface rules check my-pack[/]
    """
    folders = packs if packs is not None else list(load_settings().packs)
    problems = check_packs(*folders, seed=seed)
    errors = sum(p.fatal for p in problems)
    tried = None if errors else _tried(load_packs(*folders, seed=seed))
    failed = tried.failed if tried else ()
    if as_json:
        put_json([*({**plain(p), "fatal": p.fatal} for p in problems), *({**plain(f), "fatal": True} for f in failed)])
    elif problems or failed:
        put_text("\n".join(map(str, (*problems, *failed))))
    if errors or tried is None:
        say(f"{counted(errors, 'error')}, {counted(len(problems) - errors, 'warning')}")
        raise typer.Exit(Exit.USAGE)
    warned = f", {counted(len(problems), 'warning')}" if problems else ""
    if failed:
        say(f"{len(failed)} of {counted(tried.run, 'example')} failed{warned}")
        raise typer.Exit(Exit.USAGE)
    loaded = load_packs(*folders, seed=seed)
    say(
        f"All right: {len(loaded.actors)} actors, {len(loaded.issues)} issues, {len(loaded.queries)} queries, "
        f"{counted(tried.run, 'example')} as expected{warned}"
    )


def _tried(rules: RuleSet) -> Backtest:
    carries = any(rule.examples for table in (rules.actors, rules.issues, rules.queries) for rule in table.values())
    return backtest(rules, GrammarExtractor(), datetime.now(UTC).date()) if carries else Backtest(0, ())


@group.command("list")
def list_rules(packs: Packs = None, as_json: JsonFlag = False) -> None:
    """List all rules in force: those of the database. With --pack those that files say, laid over the seed pack.

    Example: [bold]volteface rules list[/]
    """
    loaded = _in_force(packs)
    if as_json:
        put_json(
            {
                "actors": list(loaded.actors.values()),
                "issues": list(loaded.issues.values()),
                "queries": list(loaded.queries.values()),
            }
        )
        return
    rows: list[tuple[object, ...]] = [
        ("actor", a.id, a.name, a.kind, f"in {a.member_of}" if a.member_of else "") for a in loaded.actors.values()
    ]
    rows += [("issue", i.id, i.name, "", i.proposition) for i in loaded.issues.values()]
    rows += [("query", q.id, q.name, "alerts" if q.alert else "", q.query) for q in loaded.queries.values()]
    put_table(("rule", "id", "name", "kind", "what"), rows, empty="No rules.")


@group.command()
def show(rule: Annotated[str, typer.Argument(help="The id.")], packs: Packs = None, as_json: JsonFlag = False) -> None:
    """Show one rule whole, as it is in force. With --pack as files say it, laid over the seed pack.

    Example: [bold]volteface rules show european-troops[/]
    """
    loaded = _in_force(packs)
    found = [r for table in (loaded.actors, loaded.issues, loaded.queries) for r in table.values() if r.id == rule]
    if not found:
        raise CommandError(f"no rule has the id {rule}; `volteface rules list` shows them", Exit.NOT_FOUND)
    if as_json:
        put_json(found if len(found) > 1 else found[0])
        return
    for one in found:
        put_table(("", ""), _lines(one), empty="")


@group.command()
def explain(
    query: Annotated[str, typer.Argument(help="A query, as in an about line; in quotation marks for the shell.")],
    lang: Annotated[str | None, typer.Option(help="As it is looked for in items of this language, as de.")] = None,
    wording: Annotated[
        bool, typer.Option("--wording", help="Read it as a for or against wording: exact words.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Draw how a query is understood, and what is doubtful about it. Exit code 2 when it is not understood.

    Example: [bold]volteface rules explain '"(peacekeeping OR stabilisation) force" NEAR/8 Ukraine'[/]
    """
    try:
        understood = parse_wording(query) if wording else parse_query(query)
    except QueryInvalid as error:
        raise CommandError(_pointed(query, error.column, f"{error.message}; {error.remedy}"), Exit.USAGE) from None
    drawn = outline(understood.root, lang)
    doubts = doubts_about(understood)
    if as_json:
        put_json({"query": query, "understood": drawn, "doubts": doubts})
        return
    put_text("\n".join(_drawn(drawn)))
    for doubt in doubts:
        say(_pointed(query, doubt.column, f"{doubt.message}; {doubt.remedy}"))


def _pointed(query: str, column: int, message: str) -> str:
    """The query, a mark under the column, and what is the matter there."""
    return f"column {column}: {message}\n  {query}\n  {' ' * (column - 1)}^"


def _drawn(line: Outline, first: str = "", rest: str = "") -> Iterator[str]:
    yield first + line.label
    for number, below in enumerate(line.below, start=1):
        last = number == len(line.below)
        yield from _drawn(below, rest + ("└── " if last else "├── "), rest + ("    " if last else "│   "))


def _lines(rule: ActorRule | IssueRule | QueryRule) -> list[tuple[str, object]]:
    return [
        (key.rstrip("_"), "\n".join(str(v) for v in value) if isinstance(value, list) else value)
        for key, value in plain(rule).items()
    ]


def _in_force(packs: list[Path] | None) -> RuleSet:
    """The rules of the database, which is the truth; those of packs only where packs are named. Raises RulesInvalid."""
    if packs is not None:
        return loaded_rules(packs)
    database = rule_versions.ruled_database()
    with database.view() as work:
        found = work.rules.current()
    database.close()
    return found


def loaded_rules(packs: list[Path] | None) -> RuleSet:
    """The seed pack with the given packs over it, or those of the settings. Raises RulesInvalid."""
    return load_packs(*(packs if packs is not None else load_settings().packs))
