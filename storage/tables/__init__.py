"""The tables, one file per noun. Rows never leave `storage`: repositories speak in the values of the model."""

from storage.tables.actor import ActorVerdictRow, HolderMoveRow
from storage.tables.alert import AlertRow, AttemptRow, DeliveryRow, SubscriberRow, SubscriptionRow
from storage.tables.answer import AnswerRow, TokenSpendRow
from storage.tables.article import ArticleRow, IconRow
from storage.tables.base import Table
from storage.tables.event import AuditRow, EventRow, MetaRow
from storage.tables.feed import FeedRow
from storage.tables.item import ItemRevisionRow, ItemRow, MatchRow, OwnWordsRow, StoryRow, WordKeyRow
from storage.tables.known import KnownEntriesRow
from storage.tables.position import ChangeRow, PositionRow
from storage.tables.rule import RuleRow, RuleSetRow, RuleVersionRow
from storage.tables.statement import ReadingRow, StatementRow, VerdictRow

__all__ = [
    "ActorVerdictRow",
    "AlertRow",
    "AnswerRow",
    "ArticleRow",
    "AttemptRow",
    "AuditRow",
    "ChangeRow",
    "DeliveryRow",
    "EventRow",
    "FeedRow",
    "HolderMoveRow",
    "IconRow",
    "ItemRevisionRow",
    "ItemRow",
    "KnownEntriesRow",
    "MatchRow",
    "MetaRow",
    "OwnWordsRow",
    "PositionRow",
    "ReadingRow",
    "RuleRow",
    "RuleSetRow",
    "RuleVersionRow",
    "StatementRow",
    "StoryRow",
    "SubscriberRow",
    "SubscriptionRow",
    "Table",
    "TokenSpendRow",
    "VerdictRow",
    "WordKeyRow",
]
