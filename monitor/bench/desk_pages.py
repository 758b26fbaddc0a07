"""The pages that `volteface bench desk` measures, each with the plain SQL that it is compared to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_CHANGES = "SELECT * FROM change ORDER BY at DESC, id DESC LIMIT 26"
_ITEMS = "SELECT * FROM item ORDER BY published_at DESC, id DESC LIMIT 51"
_SEARCH = (
    "SELECT item.* FROM item JOIN item_revision r ON r.item_id = item.id AND r.revision = item.revision WHERE r.id IN "
    "(SELECT rowid FROM item_search WHERE item_search MATCH '{}') ORDER BY item.published_at DESC LIMIT 51"
)
_MATRIX = "SELECT actor, issue, stance, posterior, since, statements, pending FROM position"
_ALERTS = "SELECT * FROM alert WHERE subscription_id = {subscription} ORDER BY created_at DESC LIMIT 21"
_SUBSCRIPTION = "SELECT * FROM subscription WHERE id = {subscription}"
_UNTOLD = (
    "SELECT * FROM change WHERE NOT silent AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.change_id = change.id "
    "AND alert.subscription_id = {narrow}) ORDER BY status_at DESC LIMIT 21"
)
_DELIVERIES = "SELECT * FROM delivery ORDER BY id DESC LIMIT 51"
_RULES = "SELECT * FROM rule_version"
_FEEDS = "SELECT * FROM feed"
_ACCOUNTS = "SELECT * FROM account"
_LATELY = "SELECT * FROM change ORDER BY recorded_at DESC LIMIT 300"


ASKED = {"cadence": "at_once", "channel": "webhook", "least": "0", "at": "07:00", "weekday": "0", "zone": "UTC"}
"""What is sent with the form of a subscription: all that changes, at once."""


class Who(StrEnum):
    """Whose page it is."""

    ANYBODY = "anybody"
    SUBSCRIBER = "subscriber"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to be measured. `path` and `peer`, a statement of SQL, may name {actor}, {issue}, {change} and more.

    With `form_of` it is asked for by POST, with ASKED and the hidden fields of the page that lies above by so much of
    its path.
    """

    name: str
    path: str
    peer: str
    who: Who = Who.ANYBODY
    form_of: str = ""


def _own(name: str, path: str, peer: str, form_of: str = "") -> Page:
    return Page(name=name, path=path, peer=peer, who=Who.SUBSCRIBER, form_of=form_of)


def _desk(name: str, path: str, peer: str) -> Page:
    return Page(name=name, path=path, peer=peer, who=Who.OPERATOR)


_READERS = (
    Page(name="matrix, now", path="/", peer=_MATRIX),
    Page(name="matrix, half a year ago", path="/?at=2024-12-01", peer=_MATRIX),
    Page(name="matrix, as known then", path="/?at=2024-12-01&known=then", peer=_MATRIX),
    Page(name="matrix, one government", path="/?group=state-1", peer=_MATRIX),
    Page(name="matrix as CSV", path="/matrix.csv", peer=_MATRIX),
    Page(name="changes", path="/changes", peer=_CHANGES),
    Page(name="changes, one group, words", path="/changes?group=state-1&q=%22no+such%22", peer=_CHANGES),
    Page(name="changes, nothing found", path="/changes?q=zeppelin", peer=_CHANGES),
    Page(name="changes as Atom", path="/changes.atom?pending=true", peer=_CHANGES),
    Page(name="a change", path="/changes/{change}", peer="SELECT * FROM change WHERE id = {change}"),
    Page(name="items", path="/items", peer=_ITEMS),
    Page(name="items, a rare word", path="/items?q=line7", peer=_SEARCH.format("line7")),
    Page(name="items, a frequent word", path="/items?q=northland", peer=_SEARCH.format("northland")),
    Page(name="items, nothing found", path="/items?q=zeppelin", peer=_SEARCH.format("zeppelin")),
    Page(name="items, one actor and issue", path="/items?actor=state-7&issue=issue-7", peer=_ITEMS),
    Page(name="items, language and feed", path="/items?lang=de&feed=3", peer=_ITEMS),
    Page(name="an item", path="/items/{item}", peer="SELECT * FROM item_revision WHERE item_id = {item}"),
    Page(name="a position", path="/positions/{actor}/{issue}",
         peer="SELECT * FROM statement WHERE issue = '{issue}' AND holder = '{actor}'"),
    Page(name="actors", path="/actors", peer=_MATRIX),
    Page(name="an actor", path="/actors/{actor}", peer="SELECT * FROM statement WHERE holder = '{actor}'"),
    Page(name="issues", path="/issues", peer=_MATRIX),
    Page(name="an issue", path="/issues/{issue}", peer="SELECT * FROM change WHERE issue = '{issue}'"),
    Page(name="who agrees with whom", path="/network", peer=_MATRIX),
    Page(name="feeds", path="/feeds", peer=_FEEDS),
)  # fmt: skip
_SUBSCRIBERS = (
    _own("one's subscriptions", "/subscriptions", _SUBSCRIPTION),
    _own("a new subscription", "/subscriptions/new", _SUBSCRIPTION),
    _own("its dry run", "/subscriptions/new/trial", _LATELY, "/trial"),
    _own("a subscription", "/subscriptions/{subscription}", _SUBSCRIPTION),
    _own("its dry run, of one", "/subscriptions/{subscription}/trial", _LATELY, "/trial"),
    _own("what one was told", "/subscriptions/{subscription}/history", _ALERTS),
    _own("what one was not told", "/subscriptions/{narrow}/history?show=not", _UNTOLD),
    _own("an account", "/account", _ACCOUNTS),
    _own("an account's tokens", "/account/tokens", _ACCOUNTS),
)
_OPERATORS = (
    _desk("desk", "/desk", _FEEDS),
    _desk("a change, as operators see it", "/changes/{change}", "SELECT * FROM alert WHERE change_id = {change}"),
    _desk("rules", "/desk/rules", _RULES),
    _desk("rules, searched", "/desk/rules?q=northland&kind=actor", _RULES),
    _desk("a rule", "/desk/rules/actor/{actor}", _RULES),
    _desk("a rule's history", "/desk/rules/actor/{actor}/history", _RULES),
    _desk("latest saves", "/desk/rules/history", _RULES),
    _desk("suggestions", "/desk/suggestions", "SELECT * FROM suggestion"),
    _desk("feeds, as operators see them", "/desk/feeds", _FEEDS),
    _desk("a feed", "/desk/feeds/3", "SELECT * FROM item WHERE feed_id = 3 ORDER BY id DESC LIMIT 20"),
    _desk("review", "/desk/review", "SELECT * FROM statement WHERE live LIMIT 50"),
    _desk("a statement to review", "/desk/review/{statement}", "SELECT * FROM statement WHERE id = {statement}"),
    _desk("reports", "/desk/reports", "SELECT * FROM report"),
    _desk("deliveries", "/desk/deliveries", _DELIVERIES),
    _desk("dead letters", "/desk/deliveries?state=dead", _DELIVERIES),
    _desk("a delivery", "/desk/deliveries/{delivery}", "SELECT * FROM attempt WHERE delivery_id = {delivery}"),
    _desk("why, of a change", "/desk/deliveries/why?change={change}", "SELECT * FROM alert WHERE change_id = {change}"),
    _desk("audit log", "/desk/audit", "SELECT * FROM audit ORDER BY id DESC LIMIT 51"),
    _desk("accounts", "/desk/accounts", _ACCOUNTS),
)
PAGES: tuple[Page, ...] = (*_READERS, *_SUBSCRIBERS, *_OPERATORS)
"""What is measured. A further page is one more line."""
