"""`volteface verdict`, from a stored item to an example of its issue."""

from __future__ import annotations

import json

from monitor.cli import boot
from monitor.pipeline.rulebook import RuleBook
from monitor.positions.examples import backtest
from monitor.positions.read import read_item
from monitor.settings import load_settings
from rules.model import ExampleStance
from storage.engine import Database
from tests.contract.storage.values import NOW, new_item
from tests.unit.cli.conftest import Command

TEXT = "Keir Starmer said that he supports sending British troops to Ukraine.\nIt rained."


def stored() -> tuple[Database, list[int]]:
    """A database with one item, read as the service would; the numbers of its statements."""
    settings = load_settings()
    database = boot.open_database(settings)
    book = RuleBook(database)
    book.install(settings.packs, NOW)
    rules = book.current()
    with database.work() as work:
        item = work.items.add(new_item(text=TEXT), None)
        reading = read_item(item, rules, boot.extractor())
        assert reading.statements
        work.statements.replace_reading(item, "grammar", "1", rules.rules.version, reading.statements, NOW)
        return database, [s.id for s in work.statements.for_item(item.id)]


def test_a_verdict_is_noted_counted_and_made_an_example(command: Command) -> None:
    database, (number, *_) = stored()
    code, _, err = command("verdict", "confirm", str(number), "--who", "ann")
    assert (code, "Noted." in err) == (0, True), err
    (row,) = json.loads(command("verdict", "precision", "--by", "issue", "--json")[1])
    assert (row["of"], row["right"], row["judged"], row["share"]) == ("european-troops", 1, 1, 1.0)

    code, _, err = command("verdict", "example", str(number))
    assert (code, "european-troops has 1 example" in err) == (0, True), err
    assert "already" in command("verdict", "example", str(number))[2]
    with database.view() as work:
        rules = work.rules.current()
    (example,) = rules.issues["european-troops"].examples
    assert (example.text, example.holder, example.stance) == (
        TEXT.splitlines()[0], "keir-starmer", ExampleStance.SUPPORTS,
    )  # fmt: skip
    assert backtest(rules, boot.extractor(), NOW.date()).failed == ()

    assert command("verdict", "correct", str(number), "--stance", "opposes")[0] == 0
    code, _, err = command("verdict", "example", str(number))
    assert (code, "does not come out yet" in err) == (2, True), err
    assert command("verdict", "example", str(number), "--despite-examples")[0] == 0


def test_wrong_verdicts_are_said(command: Command) -> None:
    stored()
    for arguments, code, says in (
        (("reject", "999"), 4, "there is no statement 999"),
        (("example", "999"), 4, "there is no statement 999"),
        (("correct", "1"), 2, "nothing to correct"),
        (("correct", "1", "--holder", "keir-starmr"), 2, "did you mean keir-starmer?"),
        (("correct", "1", "--issue", "trops"), 2, "no issue has the id trops"),
    ):
        ended = command("verdict", *arguments)
        assert (ended[0], says in ended[2]) == (code, True), ended
    assert "No verdicts yet." in "".join(command("verdict", "precision")[1:])
