"""The console command `volteface`: one file per noun. `main` is the entry point."""

from __future__ import annotations


def main() -> None:
    """Runs the command line and exits with a code that means something (see `monitor.cli.outcome`)."""
    import sys

    from monitor.cli.outcome import run

    sys.exit(run(sys.argv[1:], alone=True))
