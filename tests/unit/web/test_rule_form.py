"""A rule's form: to and from its YAML, rows that were left empty, and which side of a draft was edited."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.web.pages.rules.form import entry_of_form, form_of, known_keys, mark_of, sent_form
from monitor.web.pages.rules.language import reference
from monitor.web.pages.rules.sides import Sides, sent_sides, sides_of
from rules import query
from rules.model import ActorKind, ActorRule, AnyRule, Example, IssueRule, Office, QueryRule, RuleKind, RuleSet
from rules.one_rule import read_rule
from rules.yaml_writer import entry_of, text_of

NOBODY = RuleSet(actors={"norland": ActorRule("norland", "Norland", ActorKind.STATE)})
RULES: list[tuple[RuleKind, AnyRule]] = [
    (
        RuleKind.ACTOR,
        ActorRule(
            "holm", "Astrid Holm", ActorKind.PERSON, "norland", ("Holm", "A. Holm"),
            (Office("Prime Minister", date(2020, 1, 1), None), Office("Mayor", None, date(2019, 12, 31))),
        ),
    ),
    (
        RuleKind.ISSUE,
        IssueRule(
            "mining", "Mining", "Mining is allowed.", ('"deep sea"', "a NEAR/3 b"), ("dig on",), ("no digging",),
            (Example("They dig.", date=date(2025, 1, 2), lang="de"), Example("They fish.", match=False)), "The sea",
        ),
    ),
    (RuleKind.QUERY, QueryRule("herring", "Herring", "herring AND NOT pickled", alert=True)),
]  # fmt: skip


def sent(sides: Sides, **more: str) -> dict[str, list[str]]:
    """What a browser would send of both sides."""
    form = sides.form
    fields = {key: value for key, value in form.single.items() if key != "alert" or value}
    fields |= {f"{key}.{n}": line for key, lines in form.lines.items() for n, line in enumerate(lines)}
    for key, rows in form.tables.items():
        fields |= {f"{key}.{n}.{column}": value for n, row in enumerate(rows) for column, value in row.items()}
    fields |= {"form_there": "1", "form_was": form.mark, "text_was": mark_of(sides.text)}
    return {name: [value] for name, value in {**fields, "text": sides.text.replace("\n", "\r\n"), **more}.items()}


@pytest.mark.parametrize(("kind", "rule"), RULES)
def test_a_rule_goes_through_its_form_unchanged(kind: RuleKind, rule: AnyRule) -> None:
    sides = sides_of(kind, text_of(entry_of(rule)), NOBODY, rule.id)
    assert sides.rule == rule
    assert entry_of_form(sides.form) == entry_of(rule)
    back = sent_sides(kind, sent(sides), NOBODY, rule.id)
    assert (back.taken, back.rule, back.text, back.form.mark) == ("text", rule, sides.text, sides.form.mark)
    by_form = sent_sides(kind, sent(sides, take="form"), NOBODY, rule.id)
    assert (by_form.taken, by_form.rule, by_form.text) == ("form", rule, sides.text)


def test_rows_that_were_left_empty_are_passed_over_and_problems_find_their_row() -> None:
    form = sent_form(
        RuleKind.ISSUE,
        {
            "id": ["m"], "name": ["M"], "proposition": ["P."],
            "about.0": [""], "about.3": ["sea"], "about.7": ["a AND"],
            "examples.0.text": [""], "examples.0.lang": ["en"], "examples.0.match": ["true"],
            "examples.4.text": ["Yes"], "examples.4.stance": ["maybe"],
        },
    )  # fmt: skip
    entry = entry_of_form(form)
    assert (entry["about"], entry["examples"]) == (["sea", "a AND"], [{"text": "Yes", "stance": "maybe"}])
    assert form.name_of(("about", 1)) == "about.7"
    assert form.name_of(("examples", 0, "stance")) == "examples.4.stance"
    assert form.name_of(("examples", 0)) == "examples.4.text"
    assert form.name_of(("agianst",)) is None
    assert form.name_of(()) is None


def test_the_side_that_was_edited_holds_and_both_is_for_the_operator_to_say() -> None:
    kind, rule = RULES[1]
    sides = sides_of(kind, "# kept\n" + text_of(entry_of(rule)), NOBODY, rule.id)
    by_form = sent_sides(kind, sent(sides, name="Digging"), NOBODY, rule.id)
    assert (by_form.taken, by_form.rule and by_form.rule.name) == ("form", "Digging")
    assert by_form.text.startswith("# kept\n")
    changed = sides.text.replace("name: Mining", "name: Dredging")
    by_text = sent_sides(kind, sent(sides, text=changed), NOBODY, rule.id)
    assert (by_text.taken, by_text.form.single["name"]) == ("text", "Dredging")
    both = sent_sides(kind, sent(sides, text=changed, name="Digging"), NOBODY, rule.id)
    assert (both.taken, both.rule, both.text, both.form.single["name"]) == (None, None, changed, "Digging")


def test_dates_that_are_none_stay_as_written_to_be_refused_in_their_field() -> None:
    form = sent_form(
        RuleKind.ACTOR,
        {
            "id": ["x"],
            "name": ["X"],
            "kind": ["person"],
            "offices.0.title": ["Mayor"],
            "offices.0.from": ["2025-02-30"],
        },
    )
    text = text_of(entry_of_form(form))
    read = read_rule(RuleKind.ACTOR, text, NOBODY, None)
    (problem,) = read.fatal
    assert form.name_of(read.part_of(problem)) == "offices.0.from"


def test_numbers_of_rows_that_make_no_sense_are_no_rows() -> None:
    form = sent_form(RuleKind.ISSUE, {"about.x": ["a"], "about.": ["b"], "about.9999999": ["c"], "about.²": ["d"]})
    assert form.lines["about"] == []
    assert set(known_keys(RuleKind.ISSUE)) >= {"about", "family", "examples"}


def test_no_table_gives_an_empty_form() -> None:
    assert form_of(RuleKind.QUERY, None).single == {"id": "", "name": "", "query": "", "alert": ""}


def test_the_reference_holds_every_sign_that_the_module_describes() -> None:
    found = reference(query.__doc__)
    assert dict(found.entries)["Kyiv BEFORE/5 rejects"] == "the same, and in this order"
    described = " ".join((query.__doc__ or "").split())
    for sign, meaning in found.entries:
        assert " ".join(meaning.split()[:5]) in described, sign
    assert len(found.entries) > 10
    assert all(paragraph in described for paragraph in found.paragraphs)
    assert reference(None).entries == ()
