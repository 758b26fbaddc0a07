"""Files that a command writes because it was told to."""

from __future__ import annotations

from pathlib import Path

from monitor.cli.outcome import CommandError


def write_text(file: Path, text: str) -> None:
    """Writes a file that the user named. Raises CommandError saying why it cannot be."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}; name a file in a folder that exists") from None
