"""Statements: one live reading to an item, and an operator's word over what was read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.model.statement import Evidence, Stance, Statement, fingerprint
from storage.engine import Database
from storage.errors import NotFound
from storage.statement_rows import OPERATOR_CONFIDENCE
from storage.values import VerdictKind
from tests.contract.storage.values import DAY, NOW, new_item, read, statement, stored_statement

PAIR = ("minister", "troops")


def test_a_statement_comes_back_with_all_that_its_item_knows(database: Database) -> None:
    with database.work() as work:
        item = work.items.add(new_item(baseline=True), None)
        said = statement(item, claimed_by="rival", withdraws=True, said_at=NOW - DAY)
        assert read(work, item, said) == {PAIR}
    with database.view() as work:
        (found,) = work.statements.for_item(item.id)
        assert work.statements.get([found.id, 99]) == {found.id: found}
        assert work.statements.live_for("troops", ["minister", "nobody"]) == [found]
    assert found == Statement(
        id=found.id,
        item_id=item.id,
        revision=1,
        story_id=item.story_id,
        publisher="news.example",
        url=item.url,
        lang="en",
        item_title=item.title,
        seen_at=NOW,
        baseline=True,
        fingerprint=fingerprint("minister", "troops", Stance.OPPOSES, said.evidence.text),
        read=said,
    )


def test_statements_come_in_the_order_in_which_they_were_said(database: Database) -> None:
    with database.work() as work:
        late = stored_statement(work, "a", said_at=NOW)
        early = stored_statement(work, "b", said_at=NOW - DAY)
        stored_statement(work, "c", issue="sanctions")
        stored_statement(work, "d", holder="rival")
        assert [s.id for s in work.statements.live_for("troops", ["minister"])] == [early, late]
        assert len(work.statements.live_for("troops", ["minister", "rival"])) == 3
        assert work.statements.live_for("troops", []) == []


def test_a_new_reading_replaces_the_old_one_and_names_both(database: Database) -> None:
    with database.work() as work:
        item = work.items.add(new_item(), None)
        read(work, item, statement(item))
        (old,) = work.statements.for_item(item.id)
        assert read(work, item, statement(item, issue="sanctions")) == {PAIR, ("minister", "sanctions")}
        (new,) = work.statements.for_item(item.id)
        assert new.read.issue == "sanctions"
        assert work.statements.live_for("troops", ["minister"]) == []
        assert work.statements.get([old.id])[old.id].live is False
        assert work.statements.pairs() == [("minister", "sanctions")]
        assert read(work, item) == {("minister", "sanctions")}
        assert work.statements.pairs() == []


def test_a_statement_keeps_the_title_of_the_revision_it_was_read_from(database: Database) -> None:
    with database.work() as work:
        item = work.items.add(new_item(title="First"), None)
        read(work, item, statement(item))
        revised = work.items.revise(item.id, "Second", item.text, "h", None, NOW + DAY)
        (found,) = work.statements.for_item(item.id)
        assert (found.item_title, found.revision, found.seen_at) == ("First", 1, NOW)
        read(work, revised, statement(revised))
        (found,) = work.statements.for_item(item.id)
        assert (found.item_title, found.revision, found.seen_at) == ("Second", 2, NOW + DAY)


def test_a_rejected_statement_is_gone_until_it_is_confirmed(database: Database) -> None:
    with database.work() as work:
        one = stored_statement(work)
        assert work.statements.judge(one, VerdictKind.REJECT, "op", NOW, note="irony") == {PAIR}
        assert work.statements.live_for("troops", ["minister"]) == []
        assert work.statements.pairs() == []
        assert work.statements.get([one])[one].read.holder == "minister"
        assert work.statements.judge(one, VerdictKind.CONFIRM, "op", NOW + DAY) == {PAIR}
        (found,) = work.statements.live_for("troops", ["minister"])
        assert found.read.confidence == OPERATOR_CONFIDENCE
        kinds = [(v.kind, v.who, v.note) for v in work.statements.verdicts(one)]
        assert kinds == [(VerdictKind.REJECT, "op", "irony"), (VerdictKind.CONFIRM, "op", "")]


@pytest.mark.parametrize(
    ("correction", "pair", "stance"),
    [
        ({"holder": "rival"}, ("rival", "troops"), Stance.OPPOSES),
        ({"issue": "sanctions"}, ("minister", "sanctions"), Stance.OPPOSES),
        ({"stance": Stance.SUPPORTS}, PAIR, Stance.SUPPORTS),
        ({"holder": "rival", "issue": "x", "stance": Stance.CONDITIONAL}, ("rival", "x"), Stance.CONDITIONAL),
    ],
)  # fmt: skip
def test_a_correction_puts_something_else_in_place(
    database: Database, correction: dict[str, object], pair: tuple[str, str], stance: Stance
) -> None:
    with database.work() as work:
        one = stored_statement(work)
        touched = work.statements.judge(one, VerdictKind.CORRECT, "op", NOW, **correction)  # type: ignore[arg-type]
        assert touched == {PAIR, pair}
        (found,) = work.statements.live_for(pair[1], [pair[0]])
        assert (found.id, found.read.stance) == (one, stance)
        assert found.fingerprint == fingerprint(*pair, stance, found.read.evidence.text)
        assert work.statements.pairs() == [pair]
        if pair != PAIR:
            assert work.statements.live_for("troops", ["minister"]) == []
        work.statements.judge(one, VerdictKind.CONFIRM, "op", NOW)  # the newest word counts: it was right after all
        assert work.statements.pairs() == [PAIR]


def test_verdicts_need_a_statement_and_a_correction_needs_words(database: Database) -> None:
    with database.work() as work:
        one = stored_statement(work)
        with pytest.raises(ValueError, match="names a holder"):
            work.statements.judge(one, VerdictKind.CORRECT, "op", NOW)
        with pytest.raises(NotFound, match="statement 99"):
            work.statements.judge(99, VerdictKind.REJECT, "op", NOW)


def test_a_reading_again_undoes_no_verdict(database: Database) -> None:
    with database.work() as work:
        item = work.items.add(new_item(), None)
        said, other = statement(item), statement(item, holder="rival")
        read(work, item, said, other)
        by_holder = {s.read.holder: s.id for s in work.statements.for_item(item.id)}
        work.statements.judge(by_holder["minister"], VerdictKind.REJECT, "op", NOW, note="irony")
        work.statements.judge(by_holder["rival"], VerdictKind.CORRECT, "op", NOW, holder="envoy")
    for _ in range(2):
        with database.work() as work:
            assert read(work, item, said, other) == {("envoy", "troops")}
    with database.work() as work:
        assert work.statements.pairs() == [("envoy", "troops")]
        assert read(work, item, statement(item, stance=Stance.SUPPORTS)) == {PAIR, ("envoy", "troops")}
        assert work.statements.pairs() == [PAIR]  # other words: nobody has judged these


def test_many_statements_and_holders_are_loaded_at_once(database: Database) -> None:
    with database.work() as work:
        item = work.items.add(new_item(), None)
        holders = [f"h{n}" for n in range(1_200)]
        read(
            work,
            item,
            *(statement(item, holder, said_at=NOW + timedelta(seconds=n)) for n, holder in enumerate(holders)),
        )
        found = work.statements.live_for("troops", holders)
        assert [s.read.holder for s in found] == holders
        assert len(work.statements.get([s.id for s in found])) == 1_200
        assert len(work.statements.pairs()) == 1_200


def test_statements_of_an_item_come_in_the_order_of_the_text(database: Database) -> None:
    with database.work() as work:
        item = work.items.add(new_item(), None)
        read(
            work,
            item,
            statement(item, "b", evidence=Evidence("text", 8, 12, item.text[8:12])),
            statement(item, "a", evidence=Evidence("text", 0, 2, item.text[0:2])),
            statement(item, "t", evidence=Evidence("title", 3, 5, item.title[3:5])),
        )
        assert [s.read.holder for s in work.statements.for_item(item.id)] == ["t", "a", "b"]
