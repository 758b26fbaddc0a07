"""A worker that is killed under load, before a receiver that refuses a third: every alert arrives, under one id each.

`python -m tests.acceptance.alert_load` runs the same with a thousand changes and fifty kills.
"""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.alert_load import Report, run


def test_no_kill_loses_or_doubles_an_alert(empty_url: str, tmp_path: Path) -> None:
    report = run(empty_url, tmp_path, changes=30, readers=8, kills=4)
    repeats = report.repeats  # at least once: a receiver may get one again, under the same id
    assert report == Report(
        expected=240, arrived=240, kills=4, repeats=repeats, missing=0, twice=0, lost=0, foreign=0, differing=0,
        undelivered=0,
    )  # fmt: skip
