"""The alignment network as GraphML (Brandes et al. 2002), which Gephi, igraph, visone and networkx read. Pure."""

from __future__ import annotations

import re

from monitor.api.names import Names
from monitor.positions.alignment import Network

MEDIA_TYPE = "application/graphml+xml"

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold in any spelling (section 2.2)."""


def graphml_of(network: Network, names: Names, about: str) -> bytes:
    """The network: actors with name, kind and number of issues; ties with all that they are reckoned from."""
    import networkx as nx

    graph = nx.Graph(name=_clean(about))
    for actor, issues in network.issues_of.items():
        rule = names.rules.actors.get(actor)
        kind = rule.kind.value if rule is not None else ""
        graph.add_node(_clean(actor), label=_clean(names.actor(actor)), kind=kind, issues=issues)
    for tie in network.ties:
        graph.add_edge(
            _clean(tie.a), _clean(tie.b), weight=tie.weight, agreement=tie.agreement, congruence=tie.congruence,
            conflict=tie.conflict, common=tie.common, differ=_clean("; ".join(tie.differ)),
        )  # fmt: skip
    lines = nx.generate_graphml(graph, named_key_ids=True)
    return ("<?xml version='1.0' encoding='utf-8'?>\n" + "\n".join(lines) + "\n").encode()


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
