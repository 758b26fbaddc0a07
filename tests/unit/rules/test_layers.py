import pytest

from rules.loader import check_packs, load_packs
from rules.model import ActorKind, ActorRule
from tests.unit.rules.conftest import PackMaker

BASE = {
    "actors/a.yaml": """\
        - {id: norway, name: Norway, kind: state, aliases: [Oslo]}
        - {id: store, name: Støre, kind: person, in: norway, offices: [{title: PM, from: 2021-10-14}]}
        """,
    "issues/i.yaml": "- {id: whaling, name: W, proposition: P., about: ['whal*'], for: [ban], against: [hunt]}\n",
    "queries/q.yaml": "- {id: catch, name: C, query: catch}\n",
}


def test_the_same_id_replaces_and_a_new_one_adds(pack: PackMaker) -> None:
    over = {"actors/x.yaml": "- {id: norway, name: Noreg, kind: state}\n- {id: iceland, name: Iceland, kind: state}\n"}
    rules = load_packs(pack(BASE, "base"), pack(over, "over"), seed=False)
    assert rules.actors["norway"] == ActorRule("norway", "Noreg", ActorKind.STATE)
    assert set(rules.actors) == {"norway", "store", "iceland"}
    assert set(rules.queries) == {"catch"}


def test_adds_to_lists(pack: PackMaker) -> None:
    over = {
        "actors/x.yaml": "- {id: store, aliases+: [Jonas], offices+: [{title: Foreign Minister, until: 2012-09-21}]}\n",
        "issues/x.yaml": "- {id: whaling, about+: [minke], for+: [c], against+: [d]}\n",
    }
    rules = load_packs(pack(BASE, "base"), pack(over, "over"), seed=False)
    store, whaling = rules.actors["store"], rules.issues["whaling"]
    assert (store.aliases, [office.title for office in store.offices]) == (("Jonas",), ["PM", "Foreign Minister"])
    assert (whaling.about, whaling.for_, whaling.against) == (("whal*", "minke"), ("ban", "c"), ("hunt", "d"))
    assert store.name == "Støre"


def test_layers_add_up(pack: PackMaker) -> None:
    first = pack({"actors/x.yaml": "- {id: norway, aliases+: [B]}\n"}, "first")
    second = pack({"actors/x.yaml": "- {id: norway, aliases+: [C, Oslo]}\n"}, "second")
    found = load_packs(pack(BASE, "base"), first, second, seed=False).actors["norway"]
    assert found.aliases == ("Oslo", "B", "C")


@pytest.mark.parametrize("entry", ["{id: catch, disabled: true}", "{id: catch, name: C, query: x, disabled: true}"])
def test_switches_off_and_on_again(pack: PackMaker, entry: str) -> None:
    base, off = pack(BASE, "base"), pack({"queries/x.yaml": f"- {entry}\n"}, "off")
    on = pack({"queries/x.yaml": "- {id: catch, disabled: false}\n"}, "on")
    assert set(load_packs(base, off, seed=False).queries) == set()
    assert set(load_packs(base, off, on, seed=False).queries) == {"catch"}


def test_who_belonged_to_a_body_that_is_off_speaks_for_nobody_and_that_is_said(pack: PackMaker) -> None:
    base, off = pack(BASE, "base"), pack({"actors/x.yaml": "- {id: norway, disabled: true}\n"}, "off")
    assert load_packs(base, off, seed=False).actors["store"].member_of is None
    (problem,) = check_packs(base, off, seed=False)
    assert (problem.path.name, problem.fatal) == ("a.yaml", False)
    assert "`norway` is switched off" in problem.message


def test_a_mistyped_id_is_named(pack: PackMaker) -> None:
    (problem,) = check_packs(
        pack(BASE, "base"), pack({"actors/x.yaml": "- {id: norwy, disabled: true}\n"}, "o"), seed=False
    )
    assert problem.remedy == "did you mean `norway`?"


def test_a_body_may_come_from_the_pack_below(pack: PackMaker) -> None:
    over = pack({"actors/x.yaml": "- {id: eide, name: Eide, kind: person, in: norway}\n"}, "over")
    assert load_packs(pack(BASE, "base"), over, seed=False).actors["eide"].member_of == "norway"
    (problem,) = check_packs(over, seed=False)
    assert "names no actor" in problem.message


def test_the_order_of_packs_counts(pack: PackMaker) -> None:
    one = pack({"queries/x.yaml": "- {id: catch, name: One, query: a1}\n"}, "one")
    two = pack({"queries/x.yaml": "- {id: catch, name: Two, query: b1}\n"}, "two")
    assert load_packs(one, two, seed=False).queries["catch"].name == "Two"
    assert load_packs(two, one, seed=False).queries["catch"].name == "One"
