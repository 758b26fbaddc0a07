"""What can go wrong with the store. Each message names the place and the remedy, and never holds a password."""

# ruff: noqa: N818 - the names are states that an operator meets

from __future__ import annotations


class StorageError(Exception):
    """Any trouble with the database that an operator can do something about."""


class BadDatabaseUrl(StorageError):
    """The address of the database cannot be used."""


class FolderNotWritable(StorageError):
    """The folder of an SQLite file, or the file itself, cannot be created or written."""


class CannotReachServer(StorageError):
    """The PostgreSQL server does not answer or does not let us in."""


class NotADatabase(StorageError):
    """The file holds something else than an SQLite database, or is damaged."""


class SchemaNewer(StorageError):
    """The database was upgraded by a newer version of the program."""


class SchemaMissing(StorageError):
    """The database was not upgraded yet."""


class DatabaseBusy(StorageError):
    """Another process kept the database locked for longer than we wait. Trying again later is right."""


class WorkerRunning(StorageError):
    """Another worker has this SQLite file. `pid` is its process, as far as it is known."""

    def __init__(self, message: str, pid: int | None) -> None:
        super().__init__(message)
        self.pid = pid


class NotFound(StorageError):
    """There is no such row. `noun` and `key` say which was asked for."""

    def __init__(self, noun: str, key: object) -> None:
        super().__init__(f"there is no {noun} {key}")
        self.noun = noun
        self.key = key


class FeedExists(StorageError):
    """A feed with this address is there already; `feed_id` is its id. The address itself may hold a password."""

    def __init__(self, feed_id: int) -> None:
        super().__init__(f"a feed with this address is there already, as number {feed_id}")
        self.feed_id = feed_id


class AccountExists(StorageError):
    """There is an account with this name already."""


class RuleSavedMeanwhile(StorageError):
    """A rule is no longer in the version that an edit was made from. `version` is the one it is in, 0 for none."""

    def __init__(self, kind: str, rule_id: str, version: int) -> None:
        super().__init__(
            f"the {kind} rule {rule_id} was saved by somebody else meanwhile; look at what they made of it"
        )
        self.version = version


class JudgedMeanwhile(StorageError):
    """A statement was judged, or its item read again, since it was looked at. `verdict` numbers what was said last."""

    def __init__(self, statement: int, verdict: int) -> None:
        super().__init__(
            f"statement {statement} was judged by somebody else meanwhile, or its item was read again; look at it anew"
        )
        self.statement = statement
        self.verdict = verdict
