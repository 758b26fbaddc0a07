from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import combinations

import networkx as nx
import pytest

from monitor.api.names import Names
from monitor.model.course import Stand
from monitor.model.statement import Stance
from monitor.positions.alignment import Network, Tie, align
from monitor.web.charts.network import MOST_ACTORS, MOST_TIES, Box, draw, drawn, spread
from monitor.web.graphml import graphml_of
from rules.model import ActorKind, ActorRule, RuleSet

NOW = datetime(2025, 3, 1, tzinfo=UTC)


def camps(actors: int, issues: int = 12) -> Network:
    """Two camps that hold the opposite on every issue that they speak on."""
    chance = random.Random(3)
    stands = [
        Stand(
            actor=f"actor-{a:03}", issue=f"issue-{i}", stance=Stance.SUPPORTS if a % 2 else Stance.OPPOSES,
            since=NOW - timedelta(days=30), probability=0.99, change=a * issues + i, statement=1,
        )
        for a in range(actors) for i in range(issues) if i < 2 or chance.random() < 0.6
    ]  # fmt: skip
    return align(stands, NOW - timedelta(days=20), NOW)


def names(network: Network) -> dict[str, str]:
    return {actor: f"The Honourable {actor}" for actor in network.issues_of}


@pytest.mark.parametrize("width", [960, 360])
def test_sixty_names_are_drawn_within_the_frame_and_none_covers_another(width: int) -> None:
    network = camps(MOST_ACTORS)
    (picture,) = draw(network, names(network), [width])
    assert len(picture.nodes) == MOST_ACTORS
    for node in picture.nodes:
        assert 0 <= node.x - node.width / 2 <= node.x + node.width / 2 <= width
        assert 0 <= node.y - node.height / 2 <= node.y + node.height / 2 <= picture.height
    covered = [
        (one.actor, other.actor)
        for one, other in combinations(picture.nodes, 2)
        if abs(one.x - other.x) < (one.width + other.width) / 2 and abs(one.y - other.y) < one.height
    ]
    assert not covered


def test_the_same_network_is_drawn_the_same_whatever_the_order_of_its_ties() -> None:
    network = camps(20)
    again = Network(issues_of=dict(reversed(network.issues_of.items())), ties=network.ties[::-1])
    assert draw(network, names(network), [960]) == draw(again, names(network), [960])


def test_who_agrees_is_nearer_than_who_does_not() -> None:
    network = camps(24)
    (picture,) = draw(network, names(network), [960])
    places = {int(node.actor[-3:]): (node.x, node.y) for node in picture.nodes}

    def apart(same: bool) -> float:
        found = [
            ((places[a][0] - places[b][0]) ** 2 + (places[a][1] - places[b][1]) ** 2) ** 0.5
            for a, b in combinations(places, 2)
            if (a % 2 == b % 2) is same
        ]
        return sum(found) / len(found)

    assert apart(True) < 0.75 * apart(False)


def test_what_is_not_drawn_is_counted() -> None:
    network = camps(MOST_ACTORS + 5)
    (picture,) = draw(network, names(network), [960])
    assert picture.actors_left_out == 5
    assert picture.ties_left_out == len(network.ties) - len(picture.edges) > 0
    assert {edge.agrees for edge in picture.edges} == {True, False}
    few = camps(8)
    assert draw(few, names(few), [960])[0].ties_left_out == 0


def test_where_ties_are_many_every_actor_keeps_its_strongest() -> None:
    ties = camps(40).ties
    kept = drawn(ties)
    assert len(ties) > MOST_TIES > 0
    assert len(kept) < len(ties) / 2
    for actor in {tie.a for tie in ties}:
        strongest = max((tie for tie in ties if actor in (tie.a, tie.b)), key=lambda tie: abs(tie.weight))
        assert any(actor in (tie.a, tie.b) and abs(tie.weight) >= abs(strongest.weight) - 1e-9 for tie in kept)


def test_nothing_is_drawn_without_ties() -> None:
    assert draw(Network(issues_of={"a": 2}, ties=()), {"a": "A"}, [960]) == ()
    neutral = Tie(a="a", b="b", by_issue={"i": 0.5}, normal=1)
    assert drawn([neutral]) == []
    (picture,) = draw(Network(issues_of={"a": 1, "b": 1}, ties=(neutral,)), {"a": "A", "b": "B"}, [960])
    assert (len(picture.nodes), len(picture.edges), picture.ties_left_out) == (2, 0, 1)


def test_boxes_in_one_place_come_apart() -> None:
    boxes = [Box(50, 50, 40, 20) for _ in range(6)]
    spread(boxes, 400, 400)
    for one, other in combinations(boxes, 2):
        assert abs(one.x - other.x) >= 40 or abs(one.y - other.y) >= 20


def test_graphml_reads_back_whatever_the_names_hold() -> None:
    hostile = 'A\x00\x08<b>&amp;\ufffe"]]>'
    rules = RuleSet(actors={"a": ActorRule("a", hostile, ActorKind.STATE)})
    tie = Tie(a="a", b="b", by_issue={"i": 0.25, "j": 0.0}, normal=2)
    written = graphml_of(Network(issues_of={"a": 2, "b": 2}, ties=(tie,)), Names(rules), "title <&>")
    graph = nx.parse_graphml(written.decode())
    assert graph.nodes["a"]["label"] == 'A��<b>&amp;�"]]>'
    assert graph.nodes["b"] == {"label": "b", "kind": "", "issues": 2}
    assert graph.edges["a", "b"] == {
        "weight": 0.75, "agreement": 0.875, "congruence": 1.75, "conflict": 0.25, "common": 2, "differ": "i",
    }  # fmt: skip
    assert not graph.is_directed()
