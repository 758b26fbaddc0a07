"""The API against its own description, by requests nobody would think of (Schemathesis), and the examples in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.errors import Unsatisfiable
from pydantic import SecretStr
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance, unsupported_method

from monitor.api.access import ACCESS
from monitor.api.description import TAGS
from monitor.api.previews import Previews
from monitor.model.account import Role
from monitor.model.alert import ChannelName, Filter
from monitor.model.scope import Scope
from monitor.model.statement import Stance
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.track import FilterTracker
from monitor.settings import Settings
from monitor.web.app import create_app
from storage.engine import Database
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, Newsroom, turn

EXAMPLES = 6
"""For each operation and mode: bounded, so that all of it takes about a minute."""


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is answered does not depend on the kind of database; what is queried is tested on both elsewhere."""
    return sqlite_url


@pytest.fixture
def token(database: Database, newsroom: Newsroom) -> str:
    """Of an operator, with every scope, over a database that holds something of each noun."""
    turn(newsroom)
    newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW)
    with database.work() as work:
        work.feeds.add("https://a.example/feed", "A feed", "Europe", NOW)
        ada = work.accounts.add("ada", Role.OPERATOR, None, NOW)
        work.subscriptions.add(
            "ada", ChannelName.WEBHOOK, "https://a.example/", Filter(), "whsec_x", NOW, account_id=ada.id
        )
        _, text = work.api_tokens.mint(ada.id, "all", Scope, NOW, None)
    return text


@pytest.fixture
def api(database: Database, tmp_path: Path, token: str) -> FastAPI:
    config = Settings(
        data_dir=tmp_path,
        api_per_minute=1_000_000,
        api_token_per_minute=1_000_000,
        operator_token=SecretStr("a long enough token"),
        _env_file=None,
    )
    previews = Previews(
        database=database,
        packs=[],
        extractor=lambda: nullcontext(GrammarExtractor()),
        tracker=FilterTracker(),
        follow_precision=True,
        clock=lambda: NOW,
    )
    return create_app(database, config, previews=previews, clock=lambda: NOW)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_each_operation_keeps_to_its_description(api: FastAPI, token: str, mode: GenerationMode) -> None:
    described = schemathesis.openapi.from_asgi("/api/openapi.json", api)
    asked: list[str] = []
    found: list[str] = []

    def keeps_to_it(case: schemathesis.Case) -> None:
        asked.append(case.operation.label)
        # A row that is not there, or a version that nobody named, is no fault of the request's shape.
        case.call_and_validate(
            headers={"authorization": f"Bearer {token}"},
            excluded_checks=[positive_data_acceptance, ignored_auth, unsupported_method],
        )

    for operation in (one.ok() for one in described.get_all_operations()):
        of_it = given(case=operation.as_strategy(generation_mode=mode))(keeps_to_it)
        quick = settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        try:
            seed(20250310)(quick(of_it))()
        except Unsatisfiable:  # nothing can be wrong with a request that takes nothing
            assert mode is GenerationMode.NEGATIVE
        except FailureGroup as failures:
            found += [f"{operation.label}: {one}" for one in failures.exceptions]
    assert not found, "\n\n".join(found)
    assert len(set(asked)) > 30, "most operations take something"
    assert len(asked) > 200


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_operation_is_described_with_examples_that_fit(client: Client) -> None:
    document = client.get("/api/openapi.json").json()
    assert {name for name, _ in operations(document)} == {
        f"{method} {path}" for method, path in ACCESS if path not in ("/api/", "/api/openapi.json")
    }
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        assert set(operation["tags"]) <= set(TAGS), name
        assert operation["security"], name
        contents = [(name, content) for content in operation.get("requestBody", {}).get("content", {}).values()]
        for status, answer in operation["responses"].items():
            for kind, content in answer.get("content", {}).items():
                expected = "application/json" if status.startswith("2") else "application/problem+json"
                assert kind == ("application/x-ndjson" if name.endswith("/preview") and status == "200" else expected)
                contents.append((f"{name} {status}", content))
        for where, content in contents:
            shown = {**content["schema"], "components": document["components"]}
            jsonschema.validate(content["example"], shown, format_checker=jsonschema.FormatChecker())
            assert content["example"] not in (None, {}, "text"), where


def test_the_same_is_there_for_people_without_anything_from_elsewhere(client: Client) -> None:
    page = client.get("/api/")
    assert page.headers["content-type"].startswith("text/html")
    for _, path in ACCESS:
        assert path in ("/api/", "/api/openapi.json") or path in page.text
    assert 'src="http' not in page.text
    assert "style=" not in page.text
    for scope in Scope:
        assert f"<code>{scope.value}</code>" in page.text
