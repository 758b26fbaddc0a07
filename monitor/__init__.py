"""The service: from the wire to an alert. Start reading at `monitor/pipeline/__init__.py`."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as _installed


def version() -> str:
    """The version of the installed distribution; "0" where it is run without being installed."""
    try:
        return _installed("volteface")
    except PackageNotFoundError:
        return "0"
