"""A pack on a subject of its own works without the seed pack, and without a line of Python."""

from datetime import date

from rules.compiler import compile_rules
from rules.loader import check_packs, load_packs
from tests.unit.rules.conftest import PackMaker

WHALING = {
    "actors/whaling.yaml": """\
        - {id: iceland, name: Iceland, kind: state, aliases: [Reykjavik]}
        - {id: iwc, name: International Whaling Commission, kind: institution, aliases: [IWC]}
        - id: svandis
          name: Svandís Svavarsdóttir
          kind: person
          in: iceland
          aliases: [Svavarsdóttir]
          offices: [{title: Icelandic fisheries minister, from: 2021-11-28, until: 2024-01-26}]
        """,
    "issues/whaling.yaml": """\
        - id: fin-whale-hunt
          name: Fin whale hunt
          proposition: Iceland goes on hunting fin whales.
          about: ['whal* NEAR/6 (hunt OR quota OR licence)', '"fin whale"']
          against: [suspend the hunt]
        """,
    "queries/whaling.yaml": "- {id: kill-method, name: Kill method, query: 'harpoon* AND NOT film', alert: true}\n",
}
ITEM = {
    "title": "REYKJAVÍK halts whale hunting",
    "text": "Iceland's fisheries minister Svandis Svavarsdottir will suspend the hunt of fin whales until August.\n\n"
    "The IWC welcomed it; explosive harpoons are at issue. The Icelandic fisheries minister said licences may follow.",
}


def test_a_pack_on_whaling(pack: PackMaker) -> None:
    directory = pack(WHALING)
    assert check_packs(directory, seed=False) == []
    rules = compile_rules(load_packs(directory, seed=False))
    matches = rules.match(ITEM, date(2023, 6, 20), "en")
    assert [(m.rule, m.via.value, ITEM[m.field][m.start : m.end]) for m in matches] == [
        ("iceland", "name", "Iceland"),
        ("svandis", "name", "Svandis Svavarsdottir"),
        ("fin-whale-hunt", "against", "suspend the hunt"),
        ("fin-whale-hunt", "about", "hunt of fin whales"),
        ("fin-whale-hunt", "about", "fin whales"),
        ("iwc", "alias", "IWC"),
        ("kill-method", "query", "harpoons"),
        ("svandis", "office", "Icelandic fisheries minister"),
        ("iceland", "alias", "REYKJAVÍK"),
        ("fin-whale-hunt", "about", "whale hunting"),
    ]
    later = rules.match(ITEM, date(2024, 6, 20), "en")
    assert [m for m in matches if m not in later] == [m for m in matches if m.via.value == "office"]
