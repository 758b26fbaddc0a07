"""The alignment network as a picture: who is drawn near whom, which ties are drawn, and where names find room. Pure.

Places come from the spring layout of networkx (Fruchterman & Reingold 1991, Software: Practice and Experience 21,
1129-1164) over the agreements alone, with a fixed seed: the same network looks the same every time, on every page.
Conflict pulls nobody together, so that camps come apart. Names are boxes that are then moved until none covers another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.positions.alignment import Network, Tie
from monitor.web.charts.lanes import NARROW, fitted

MOST_ACTORS, MOST_TIES = 60, 150
"""What is drawn at most; whatever is left out is counted."""

_STRONGEST = {True: 3, False: 2}
"""Where there are too many ties, how many of each actor's agreements (True) and conflicts are drawn."""

_SEED, _ROUNDS = 20250217, 120
_TALLER = 8
"""How often a frame in which names find no room is made taller."""
_LETTER, _PADDING, _BOX, _APART = 6.7, 16.0, 22.0, 6.0


@dataclass(frozen=True, slots=True)
class Node:
    """An actor in a box around (x, y). `issues`: on how many it held a position."""

    actor: str
    name: str
    whole: str
    issues: int
    x: float
    y: float
    width: float
    height: float = _BOX


@dataclass(frozen=True, slots=True)
class Edge:
    """A tie between the centres of two boxes; `agrees`: more congruence than conflict."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    agrees: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The picture, in units of its view box, and how much of the network it leaves out."""

    width: int
    height: float
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    actors_left_out: int
    ties_left_out: int


def draw(network: Network, names: Mapping[str, str], widths: Sequence[int]) -> tuple[Picture, ...]:
    """The network at each of these widths; none where it has no ties."""
    if not network.ties:
        return ()
    tied = {actor for tie in network.ties for actor in (tie.a, tie.b)}
    shown = sorted(tied, key=lambda a: (-network.issues_of[a], a))[:MOST_ACTORS]
    among = [tie for tie in network.ties if tie.a in shown and tie.b in shown]
    ties = drawn(among)
    places = _places(shown, among)
    return tuple(_picture(network, shown, ties, places, names, width) for width in widths)


def drawn(ties: Sequence[Tie]) -> list[Tie]:
    """The ties to be drawn: all that weigh anything, or, where they are too many, the strongest of each actor."""
    told = sorted((tie for tie in ties if tie.weight), key=lambda tie: (-abs(tie.weight), tie.a, tie.b))
    if len(told) <= MOST_TIES:
        return told
    taken: dict[tuple[str, bool], int] = {}
    kept = []
    for tie in told:
        agrees = tie.weight > 0
        sides = [(tie.a, agrees), (tie.b, agrees)]
        if any(taken.get(side, 0) < _STRONGEST[agrees] for side in sides):
            kept.append(tie)
            for side in sides:
                taken[side] = taken.get(side, 0) + 1
    return kept


def _places(shown: Sequence[str], ties: Sequence[Tie]) -> dict[str, tuple[float, float]]:
    """Where each actor lies in the square from 0 to 1; who agrees much is near."""
    import networkx as nx  # a tenth of the time in which the service starts, for one page

    graph = nx.Graph()
    graph.add_nodes_from(sorted(shown))
    graph.add_weighted_edges_from((tie.a, tie.b, tie.weight) for tie in ties if tie.weight > 0)
    found = nx.spring_layout(graph, seed=_SEED, iterations=_ROUNDS, k=1.6 / len(shown) ** 0.5)
    edges = [(min(float(at[i]) for at in found.values()), max(float(at[i]) for at in found.values())) for i in (0, 1)]
    return {
        actor: (_share(float(at[0]), *edges[0]), _share(float(at[1]), *edges[1])) for actor, at in sorted(found.items())
    }


def _share(value: float, low: float, high: float) -> float:
    return 0.5 if high - low < 1e-9 else round((value - low) / (high - low), 4)


def _picture(
    network: Network,
    shown: Sequence[str],
    ties: Sequence[Tie],
    places: Mapping[str, tuple[float, float]],
    names: Mapping[str, str],
    width: int,
) -> Picture:
    narrow = width <= NARROW
    height = max(420.0 if narrow else 460.0, len(shown) * (27.0 if narrow else 13.0))
    room = 130.0 if narrow else 190.0
    called = {actor: fitted(names[actor], room, _LETTER) for actor in shown}
    for _ in range(_TALLER):
        boxes = [
            Box(places[a][0] * width, places[a][1] * height, len(called[a]) * _LETTER + _PADDING, _BOX) for a in shown
        ]
        if spread(boxes, width, height):
            break
        height = round(height * 1.15, 1)
    nodes = {
        actor: Node(
            actor, called[actor], names[actor], network.issues_of[actor],
            round(box.x, 1), round(box.y, 1), round(box.width, 1),
        )
        for actor, box in zip(shown, boxes, strict=True)
    }  # fmt: skip
    edges = [
        Edge(
            nodes[tie.a].x, nodes[tie.a].y, nodes[tie.b].x, nodes[tie.b].y, round(0.8 + 4.2 * abs(tie.weight), 1),
            tie.weight > 0,
        )
        for tie in sorted(ties, key=lambda tie: (abs(tie.weight), tie.a, tie.b))
    ]  # fmt: skip
    return Picture(
        width=width, height=height, nodes=tuple(nodes[actor] for actor in sorted(nodes)), edges=tuple(edges),
        actors_left_out=len(network.issues_of) - len(shown), ties_left_out=len(network.ties) - len(ties),
    )  # fmt: skip


@dataclass(slots=True)
class Box:
    """A box around (x, y)."""

    x: float
    y: float
    width: float
    height: float


def spread(boxes: Sequence[Box], width: float, height: float, rounds: int = 150) -> bool:
    """Moves boxes within the frame until none covers another; False where the rounds were over before.

    Two that do are moved apart, each by half, by the shorter way and, every other round, sideways, so that a pile
    becomes a cloud and not a column. The same boxes always come out the same.
    """
    for number in range(rounds):
        moved = False
        for index, one in enumerate(boxes):
            for other in boxes[index + 1 :]:
                over_x = (one.width + other.width) / 2 + _APART - abs(one.x - other.x)
                over_y = (one.height + other.height) / 2 + _APART - abs(one.y - other.y)
                if over_x > 0.05 and over_y > 0.05:
                    moved = True
                    # Names are broad and low: the way up or down is mostly the shorter one.
                    if over_y <= over_x and number % 2:
                        step = over_y / 2 if one.y >= other.y else -over_y / 2
                        one.y, other.y = one.y + step, other.y - step
                    else:
                        step = over_x / 2 if one.x >= other.x else -over_x / 2
                        one.x, other.x = one.x + step, other.x - step
        for box in boxes:
            inside_x = min(max(box.x, box.width / 2 + 1), width - box.width / 2 - 1)
            inside_y = min(max(box.y, box.height / 2 + 1), height - box.height / 2 - 1)
            moved = moved or (inside_x, inside_y) != (box.x, box.y)
            box.x, box.y = inside_x, inside_y
        if not moved:
            return True
    return False
