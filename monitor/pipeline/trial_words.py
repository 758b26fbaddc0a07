"""What a subscription would have brought, in a sentence for pages and people at a terminal."""

from __future__ import annotations

from monitor.pipeline.trial import Trial


def trial_words(found: Trial) -> str:
    """In one line: "The last 30 days would have brought 7 alerts, 5 of them in 2 digests."."""
    days = (found.until - found.since).days
    parts = [_counted(found.alerts, "alert")]
    if found.digests:
        parts.append(f"{found.folded} of them in {_counted(found.digests, 'digest')}")
    if found.empty:
        parts.append(f"and {_counted(found.empty, 'digest')} saying that nothing changed")
    line = f"The last {days} days would have brought {', '.join(parts)}."
    if found.waiting:
        line += f" {_counted(found.waiting, 'alert')} would still wait."
    if found.watched_since:
        line += f" There is nothing to go by before {found.watched_since:%Y-%m-%d}, when the first feed came."
    return line


def _counted(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
