"""Numbers and their nouns; documents from standard input."""

from __future__ import annotations

import io
import json
import sys

import pytest

from monitor.cli.talk import counted
from tests.unit.cli.conftest import Command


@pytest.mark.parametrize(("number", "said"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries")])
def test_a_number_agrees_with_its_noun(number: int, said: str) -> None:
    assert counted(number, "entry", "entries") == said


def test_extract_reads_standard_input_in_the_format_that_is_named(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"id": "a", "date": "2025-02-17", "text": "Keir Starmer said Britain was ready to send troops to Ukraine."}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(row).encode())))
    code, out, said = command("extract", "-", "--format", "jsonl")
    assert code == 0
    assert {json.loads(line)["doc"] for line in out.splitlines()} == {"a"}
    assert "1 document read, 1 statement." in said
