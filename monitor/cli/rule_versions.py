"""`volteface rules …`: versions of rules, edits in files, and what packs and operators both changed."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from ruamel.yaml.error import YAMLError

from monitor.cli import boot
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.talk import JsonFlag, counted, plain, put_json, put_table, put_text, say
from monitor.pipeline import draft
from monitor.pipeline.rule_edits import ExamplesFailed, RuleChange, by_key, changes_between, restore, save_edits, settle
from monitor.pipeline.rulebook import RuleBook
from monitor.settings import load_settings
from rules.loader import load_packs
from rules.model import AnyRule, RuleKind
from rules.yaml_writer import Key, write_pack
from storage.engine import Database
from storage.values import RuleVersion

Kind = Annotated[RuleKind, typer.Argument(help="actor, issue or query.")]
Id = Annotated[str, typer.Argument(help="The rule's id.")]
Why = Annotated[str, typer.Option("--why", help="The reason, for those who ask later.")]
Who = Annotated[str | None, typer.Option("--who", help="Who edits; by default the user of this machine.")]
Folder = Annotated[Path, typer.Argument(help="A pack's folder, with actors/, issues/ and queries/.")]


def register(group: typer.Typer) -> None:
    """Adds the commands of this file to `volteface rules`."""
    for command in (history, rollback, conflicts, resolve, diff, apply, export):
        group.command()(command)


def history(kind: Kind, rule: Id, as_json: JsonFlag = False) -> None:
    """Show every version of a rule: when, who, why, and what changed.

    Example: [bold]volteface rules history issue european-troops[/]
    """
    with ruled_database().view() as work:
        versions = work.rules.history(kind, rule)
        in_force = by_key(work.rules.current()).get((kind, rule))
    rows = list(_steps(versions))
    if as_json:
        put_json([{**plain(version), "differences": plain(change.differences)} for version, change in rows])
        return
    for version, change in rows:
        holds = " (in force)" if version.rule == in_force and version is versions[-1] else ""
        by = f"{version.who} ({version.origin}): {version.why}"
        say(f"version {version.version}{holds}, {version.at:%Y-%m-%d %H:%M}, {by}")
        put_text("\n".join(shown_change(change)))


def rollback(kind: Kind, rule: Id, version: Annotated[int, typer.Argument(help="As `history` numbers them.")],
             why: Why, who: Who = None) -> None:  # fmt: skip
    """Put an earlier version of a rule in force again. It becomes a new version; nothing is lost.

    Example: [bold]volteface rules rollback issue european-troops 3 --why "caught too much"[/]
    """
    found = restore(ruled_database(), kind, rule, version, user(who), why, boot.utc_now())
    say(f"{kind} {rule} is as in version {version} again; the rules in force are {found}")


def conflicts(as_json: JsonFlag = False) -> None:
    """List what an operator and a pack have changed each otherwise. Until it is resolved the operator's side holds.

    Example: [bold]volteface rules conflicts[/]
    """
    with ruled_database().view() as work:
        found = work.rules.conflicts()
    rows = [(kind, rule, c.field, c.base, c.operator, c.pack) for (kind, rule), fields in found.items() for c in fields]
    names = ("kind", "rule", "field", "was", "operator", "pack")
    if as_json:
        put_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    put_table(names, [tuple(map(_cell, row)) for row in rows], empty="No conflicts.")


def resolve(kind: Kind, rule: Id, keep: Annotated[str, typer.Option(help="operator or pack: whose side holds.")],
            why: Why, who: Who = None) -> None:  # fmt: skip
    """End a conflict; what only one side changed is merged either way.

    Example: [bold]volteface rules resolve issue european-troops --keep pack --why "theirs is wider"[/]
    """
    if keep not in ("operator", "pack"):
        raise CommandError(f"--keep {keep} is neither operator nor pack", Exit.USAGE)
    found = settle(ruled_database(), kind, rule, pack=keep == "pack", who=user(who), why=why, now=boot.utc_now())
    say(f"{kind} {rule} holds as the {keep} has it; the rules in force are {found}")


def diff(folder: Folder, as_json: JsonFlag = False) -> None:
    """Show what `apply` would change: the folder's rules beside those in force.

    Example: [bold]volteface rules diff my-pack[/]
    """
    changes = changes_in(ruled_database(), folder)
    if as_json:
        put_json([{**plain(change), "differences": plain(change.differences)} for change in changes])
    elif changes:
        put_text("\n".join(line for change in changes for line in shown_change(change)))
    say(f"{counted(len(changes), 'rule')} would change" if changes else "Nothing would change.")


def apply(
    folder: Folder,
    why: Why,
    who: Who = None,
    despite_examples: Annotated[bool, typer.Option(help="Save although examples fail.")] = False,
) -> None:
    """Save the folder's rules as the operator's; they hold for items that come in from now on.

    Their examples are run first, with those of all other rules. Rules that the folder does not name stay as they are.
    Example: [bold]volteface rules apply my-pack --why "new names"[/]
    """
    database = ruled_database()
    changes = changes_in(database, folder)
    if not changes:
        say("Nothing to change.")
        return
    try:
        version = save_edits(
            database, changes, user(who), why, boot.utc_now(),
            extractor=boot.extractor(), despite_examples=despite_examples,
        )  # fmt: skip
    except ExamplesFailed as failed:
        put_text(str(failed))
        remedy = "nothing was saved; mend the rules or the examples, or add --despite-examples"
        raise CommandError(f"{counted(len(failed.failed), 'example')} failed: {remedy}", Exit.USAGE) from None
    say(f"{counted(len(changes), 'rule')} saved; the rules in force are {version}")


def export(folder: Folder) -> None:
    """Write what is in force into a pack's folder. Its files keep their comments; what the seed pack says is left out.

    Example: [bold]volteface rules export my-pack && git -C my-pack diff[/]
    """
    with ruled_database().view() as work:
        in_force = work.rules.current()
    below = load_packs(*_below(folder))
    wanted = draft.beyond(below, in_force)
    if folder.is_dir():
        wanted |= draft.beyond(below, load_packs(*_below(folder), folder))
    left: dict[Key, AnyRule | None] = {key: by_key(in_force).get(key) for key in sorted(wanted)}
    try:
        written = write_pack(folder, left)
    except YAMLError as error:
        raise CommandError(f"a file of {folder} is not valid YAML; mend it first: {error}", Exit.USAGE) from None
    for file in written:
        say(f"{file.path}: {', '.join(file.ids)}")
    given = by_key(load_packs(*_below(folder), folder))
    if changes_between(in_force, {key: given.get(key) for key in left}):
        raise CommandError(f"{folder} does not give what is in force; `volteface rules diff {folder}` says how")
    say(f"{counted(len(written), 'file')} written" if written else "The folder says all this already.")


def ruled_database() -> Database:
    """The database, with the packs laid into it if nothing was yet: what is in force is never empty by mistake."""
    settings = load_settings()
    database = boot.open_database(settings)
    with database.view() as work:
        empty = not by_key(work.rules.current())
    if empty:
        RuleBook(database).install(settings.packs, boot.utc_now())
    return database


def user(who: str | None) -> str:
    """Who edits: who is named, or the user of this machine."""
    return who or getpass.getuser()


def _below(folder: Path) -> list[Path]:
    """The packs of the settings, over which the folder lies."""
    return [pack for pack in load_settings().packs if pack.resolve() != folder.resolve()]


def changes_in(database: Database, folder: Path) -> list[RuleChange]:
    """What the folder's rules are otherwise than those in force. Raises RulesInvalid."""
    with database.view() as work:
        in_force = work.rules.current()
    return draft.changes_in(in_force, folder, _below(folder))


def _steps(versions: Sequence[RuleVersion]) -> Iterator[tuple[RuleVersion, RuleChange]]:
    before: AnyRule | None = None
    for version in versions:
        yield version, RuleChange(kind=version.kind, id=version.rule_id, before=before, after=version.rule)
        before = version.rule


def shown_change(change: RuleChange) -> Iterator[str]:
    """What an edit changes, line by line."""
    word = "new" if change.before is None else "switched off" if change.after is None else "changed"
    yield f"{change.kind} {change.id}: {word}"
    for difference in change.differences if change.after is not None else ():
        yield from (f"  - {difference.field}: {_cell(entry)}" for entry in difference.removed)
        yield from (f"  + {difference.field}: {_cell(entry)}" for entry in difference.added)


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {item}" for key, item in value.items() if item is not None)
    return "" if value is None else str(value)
