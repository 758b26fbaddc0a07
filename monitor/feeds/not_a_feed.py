"""The exception for a document that is no feed."""


class NotAFeed(Exception):  # noqa: N818 - it is what the document is
    """The document is no feed. The message says in plain words what it is instead, and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
