"""The tables, one file per noun. Rows never leave `storage`: repositories speak in the values of the model."""

from storage.tables.account import AccountRow, FailedSignInRow, InvitationRow, SessionRow
from storage.tables.actor import ActorVerdictRow, HolderMoveRow
from storage.tables.alert import AlertRow, AttemptRow, DeliveryRow, MessageRow
from storage.tables.answer import AnswerRow, TokenSpendRow
from storage.tables.api_token import ApiTokenRow
from storage.tables.article import ArticleRow, IconRow
from storage.tables.base import Table
from storage.tables.event import AlarmRow, AuditRow, EventRow, MetaRow
from storage.tables.feed import FeedRow
from storage.tables.hub import HubSubscriptionRow, PushRow
from storage.tables.item import ItemRevisionRow, ItemRow, MatchRow, OwnWordsRow, StoryRow, WordKeyRow
from storage.tables.known import KnownEntriesRow
from storage.tables.polled import PollLogRow
from storage.tables.position import ChangeRow, PositionRow
from storage.tables.report import ReportRow
from storage.tables.rule import RuleRow, RuleSetRow, RuleVersionRow
from storage.tables.self_service import AccountAddressRow, AccountLetterRow, AccountLinkRow, ErasingRow
from storage.tables.statement import ReadingRow, StatementRow, VerdictRow
from storage.tables.subscription import AddressRow, SubscriberRow, SubscriptionRow, SubscriptionVersionRow, TokenRow
from storage.tables.suggestion import SuggestionRow

__all__ = [
    "AccountAddressRow",
    "AccountLetterRow",
    "AccountLinkRow",
    "AccountRow",
    "ActorVerdictRow",
    "AddressRow",
    "AlarmRow",
    "AlertRow",
    "AnswerRow",
    "ApiTokenRow",
    "ArticleRow",
    "AttemptRow",
    "AuditRow",
    "ChangeRow",
    "DeliveryRow",
    "ErasingRow",
    "EventRow",
    "FailedSignInRow",
    "FeedRow",
    "HolderMoveRow",
    "HubSubscriptionRow",
    "IconRow",
    "InvitationRow",
    "ItemRevisionRow",
    "ItemRow",
    "KnownEntriesRow",
    "MatchRow",
    "MessageRow",
    "MetaRow",
    "OwnWordsRow",
    "PollLogRow",
    "PositionRow",
    "PushRow",
    "ReadingRow",
    "ReportRow",
    "RuleRow",
    "RuleSetRow",
    "RuleVersionRow",
    "SessionRow",
    "StatementRow",
    "StoryRow",
    "SubscriberRow",
    "SubscriptionRow",
    "SubscriptionVersionRow",
    "SuggestionRow",
    "Table",
    "TokenRow",
    "TokenSpendRow",
    "VerdictRow",
    "WordKeyRow",
]
