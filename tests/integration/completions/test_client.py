"""The client against an endpoint that speaks the real protocol, in everything that it can do wrong."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from monitor.completions.answer import Completion
from monitor.completions.client import ATTEMPTS, MOST_BYTES, ChatClient, EndpointConfig
from monitor.completions.trouble import EndpointFailed, Trouble
from monitor.net.client import guarded_client
from monitor.net.guard import Guard
from tests.sinks import Answer, Manner, ModelSink, Says, closed_port

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
MESSAGES = (("system", "be brief"), ("user", "what?"))
SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}
KEY = "sk-very-secret-0123456789"


@pytest.fixture
def sink() -> Iterator[ModelSink]:
    with ModelSink() as running:
        yield running


class Pauses:
    """Keeps the waits between attempts instead of waiting."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.waited.append(seconds)


@asynccontextmanager
async def client(
    url: str, *, model: str = "toy-1", key: str | None = None, deadline_s: float = 20.0, allow: str = "127.0.0.1"
) -> AsyncIterator[tuple[ChatClient, Pauses]]:
    config = EndpointConfig(url=url, model=model, key=key, deadline_s=deadline_s)
    pauses = Pauses()
    guard = Guard([allow] if allow else [], setting="VOLTEFACE_LLM_ALLOW")
    async with guarded_client(guard, timeout_s=deadline_s) as http:
        yield ChatClient(http, config, lambda: NOW, pause=pauses), pauses


async def ask(url: str, **how: object) -> Completion:
    async with client(url, **how) as (asking, _):  # type: ignore[arg-type]
        return await asking.ask(MESSAGES, "thing", SCHEMA, 100)


async def failure(url: str, **how: object) -> EndpointFailed:
    with pytest.raises(EndpointFailed) as failed:
        await ask(url, **how)
    return failed.value


async def test_a_question_and_its_answer(sink: ModelSink) -> None:
    sink.replies(Says(content='{"a": "b"}', usage={"prompt_tokens": 21, "completion_tokens": 5, "total_tokens": 26}))
    found = await ask(sink.base)
    assert (found.answer.content, found.answer.finish_reason, found.unanswered) == ('{"a": "b"}', "stop", 0)
    assert (found.answer.prompt_tokens, found.answer.answer_tokens) == (21, 5)
    body = sink.chats[0].body
    assert body["messages"] == [{"role": "system", "content": "be brief"}, {"role": "user", "content": "what?"}]
    assert (body["temperature"], body["max_tokens"], body["stream"]) == (0, 100, False)
    assert body["response_format"]["json_schema"] == {"name": "thing", "strict": True, "schema": SCHEMA}
    assert sink.requests[0].headers["accept-encoding"] == "identity"
    assert "authorization" not in sink.requests[0].headers


@pytest.mark.parametrize("suffix", ["", "/", "/chat/completions"])
async def test_the_address_may_end_in_a_slash_or_in_the_path(sink: ModelSink, suffix: str) -> None:
    await ask(sink.base + suffix)
    assert sink.requests[0].path == "/v1/chat/completions"


async def test_the_key_goes_into_the_header_and_into_no_message() -> None:
    with ModelSink(key=KEY) as sink:
        await ask(sink.base, key=KEY)
        assert sink.requests[0].headers["authorization"] == f"Bearer {KEY}"
        wrong = await failure(sink.base, key=KEY + "x")
    assert wrong.trouble is Trouble.KEY
    assert "VOLTEFACE_LLM_KEY" in wrong.reason
    assert "Incorrect API key provided" in wrong.reason
    assert KEY not in wrong.reason
    assert "secret" not in repr(EndpointConfig(url="http://x", model="m", key=KEY))


@pytest.mark.parametrize(
    ("forms", "asked"),
    [
        ({"json_schema", "json_object", "plain"}, ["json_schema"]),
        ({"json_object", "plain"}, ["json_schema", "json_object"]),
        ({"plain"}, ["json_schema", "json_object", "plain"]),
    ],
)
async def test_an_endpoint_that_knows_no_schema_is_asked_more_simply(forms: set[str], asked: list[str]) -> None:
    with ModelSink(forms=frozenset(forms)) as sink:
        async with client(sink.base) as (asking, pauses):
            await asking.ask(MESSAGES, "thing", SCHEMA, 100)
            await asking.ask(MESSAGES, "thing", SCHEMA, 100)
        forms_asked = [json.loads(r.body).get("response_format", {}).get("type", "plain") for r in sink.requests]
    assert forms_asked == [*asked, asked[-1]], "what it understood is remembered"
    assert pauses.waited == []


async def test_a_model_that_thinks_has_another_limit_and_no_temperature() -> None:
    with ModelSink(limit="max_completion_tokens", temperature=False) as sink:
        await ask(sink.base)
        assert sink.chats[0].body["max_completion_tokens"] == 100
        assert "temperature" not in sink.chats[0].body
        assert sink.chats[0].form == "json_schema"


async def test_a_question_that_is_refused_in_every_form_is_refused_in_words(sink: ModelSink) -> None:
    sink.replies(Answer(status=400, body=b'{"error": {"message": "no such thing"}}'))
    refused = await failure(sink.base)
    assert (refused.trouble, refused.reason) == (Trouble.REFUSED, "answered 400: no such thing")
    assert len(sink.requests) == 3


async def test_a_text_that_is_too_long_is_not_asked_in_other_forms(sink: ModelSink) -> None:
    said = b'{"error": {"message": "too many tokens", "code": "context_length_exceeded"}}'
    sink.replies(Answer(status=400, body=said))
    assert (await failure(sink.base)).trouble is Trouble.UNANSWERABLE
    assert len(sink.requests) == 1


async def test_an_unknown_model_and_a_wrong_path_are_not_asked_twice(sink: ModelSink) -> None:
    unknown = await failure(sink.base, model="other")
    assert unknown.trouble is Trouble.UNKNOWN
    assert "`other` does not exist" in unknown.reason
    assert "VOLTEFACE_LLM_MODEL" in unknown.reason
    assert (await failure(f"{sink.url}/nowhere")).trouble is Trouble.UNKNOWN
    assert len(sink.requests) == 2


async def test_a_busy_endpoint_is_asked_again_when_it_says(sink: ModelSink) -> None:
    busy = Answer(status=429, headers={"retry-after": "7"}, body=b'{"error": {"message": "slow down"}}')
    sink.replies(busy, Answer(status=503, headers={"retry-after": "3"}), '{"a": "b"}')
    async with client(sink.base) as (asking, pauses):
        assert (await asking.ask(MESSAGES, "thing", SCHEMA, 100)).answer.content == '{"a": "b"}'
    assert pauses.waited == [7, 3]


async def test_one_that_asks_for_more_time_than_there_is_fails_at_once(sink: ModelSink) -> None:
    sink.replies(Answer(status=429, headers={"retry-after": "120"}))
    async with client(sink.base) as (asking, pauses):
        with pytest.raises(EndpointFailed) as failed:
            await asking.ask(MESSAGES, "thing", SCHEMA, 100)
    assert (failed.value.trouble, failed.value.retry_after_s, pauses.waited) == (Trouble.BUSY, 120, [])
    assert failed.value.unanswered == 0


async def test_a_quota_that_is_used_up_is_no_matter_of_waiting(sink: ModelSink) -> None:
    sink.replies(Answer(status=429, body=b'{"error": {"message": "You exceeded", "code": "insufficient_quota"}}'))
    assert (await failure(sink.base)).trouble is Trouble.KEY
    assert len(sink.requests) == 1


async def test_a_broken_endpoint_is_asked_a_few_times(sink: ModelSink) -> None:
    sink.replies(Answer(status=500, body=b"<h1>oops</h1>\r\n\x1b[31m"))
    async with client(sink.base) as (asking, pauses):
        with pytest.raises(EndpointFailed) as failed:
            await asking.ask(MESSAGES, "thing", SCHEMA, 100)
    assert failed.value.trouble is Trouble.BROKEN
    assert failed.value.reason == "answered 500: <h1>oops</h1> [31m"
    assert len(sink.requests) == ATTEMPTS
    assert pauses.waited == [0.5, 1.0]


@pytest.mark.parametrize("manner", [Manner.HANG, Manner.DRIP, Manner.DRIP_HEAD])
async def test_one_that_hangs_or_drips_costs_no_more_than_the_deadline(sink: ModelSink, manner: Manner) -> None:
    sink.replies(Answer(manner=manner))
    failed = await asyncio.wait_for(failure(sink.base, deadline_s=1.0), 60)
    assert failed.trouble is Trouble.SLOW
    assert failed.unanswered == 1, "the question went out in full and may be paid for"


@pytest.mark.parametrize("manner", [Manner.RESET, Manner.CLOSE, Manner.RESET_IN_BODY, Manner.GARBAGE])
async def test_one_that_hangs_up_is_asked_a_few_times(sink: ModelSink, manner: Manner) -> None:
    sink.replies(Answer(manner=manner, body=b"x" * 100))
    failed = await failure(sink.base)
    assert failed.trouble is Trouble.UNREACHABLE
    assert (len(sink.requests), failed.unanswered) == (ATTEMPTS, ATTEMPTS)


async def test_an_answer_after_a_reset_says_what_was_lost(sink: ModelSink) -> None:
    sink.replies(Answer(manner=Manner.RESET), '{"a": "b"}')
    assert (await ask(sink.base)).unanswered == 1


async def test_nobody_listens() -> None:
    failed = await failure(f"http://127.0.0.1:{closed_port()}/v1")
    assert failed.trouble is Trouble.UNREACHABLE
    assert failed.unanswered == 0
    assert "cannot connect to http://127.0.0.1" in failed.reason


async def test_a_private_address_is_refused_unless_it_is_allowed(sink: ModelSink) -> None:
    for url in (sink.base, "http://169.254.169.254/v1", f"http://localhost:{sink.port}/v1"):
        failed = await failure(url, allow="")
        assert failed.trouble is Trouble.ADDRESS
        assert "VOLTEFACE_LLM_ALLOW" in failed.reason
    assert sink.requests == []


async def test_redirects_are_not_followed(sink: ModelSink) -> None:
    sink.replies(Answer(status=307, headers={"location": "http://169.254.169.254/"}))
    failed = await failure(sink.base)
    assert (failed.trouble, len(sink.requests)) == (Trouble.UNKNOWN, 1)
    assert "redirects are not followed" in failed.reason


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(body=b"not json"), "no chat completion: not JSON"),
        (Answer(body=b"[" * 200_000), "no chat completion"),
        (Answer(body=b'{"choices": 3}'), "no chat completion: choices"),
        (Answer(body=b'{"object": "list", "data": []}'), "no chat completion: choices"),
        (Answer(body=b'{"choices": []}'), "no choices"),
        (Answer(body=b"\xff\xfe{}"), "no chat completion"),
        (Answer(body=b" " * (MOST_BYTES + 1)), "more than 2 MiB"),
        (Answer(headers={"content-encoding": "gzip"}, body=gzip.compress(b"0" * 50_000_000)), "coded as gzip"),
        (Answer(headers={"content-encoding": "br"}, body=b"\x00"), "coded as br"),
    ],
)
async def test_a_200_that_is_no_answer_is_paid_for_once(sink: ModelSink, answer: Answer, words: str) -> None:
    sink.replies(answer)
    failed = await failure(sink.base)
    assert words in failed.reason
    assert failed.trouble is Trouble.UNANSWERABLE
    assert (len(sink.requests), failed.unanswered) == (1, 1)


@pytest.mark.parametrize("said", [Says(content="x", counted=False), Says(content="x", usage={"prompt_tokens": -3})])
async def test_tokens_that_nobody_counted_are_not_known(sink: ModelSink, said: Says) -> None:
    sink.replies(said)
    found = await ask(sink.base)
    assert found.answer.prompt_tokens is None
    assert found.answer.content == "x"


async def test_a_refusal_is_handed_on(sink: ModelSink) -> None:
    sink.replies(Says(refusal="I cannot help with that."))
    assert (await ask(sink.base)).answer.refusal == "I cannot help with that."


async def test_a_text_with_half_a_character_can_be_asked_about(sink: ModelSink) -> None:
    async with client(sink.base) as (asking, _):
        await asking.ask((("user", "half \ud83d of it"),), "thing", SCHEMA, 100)
    assert sink.chats[0].user == "half \ud83d of it"


async def test_the_models_are_listed_at_no_cost(sink: ModelSink) -> None:
    async with client(sink.base) as (asking, _):
        assert await asking.models() == ["toy-1"]
    async with client(f"{sink.url}/elsewhere") as (asking, _):
        assert await asking.models() is None
    with ModelSink(key=KEY) as locked:
        async with client(locked.base) as (asking, _):
            with pytest.raises(EndpointFailed, match="401"):
                await asking.models()


async def test_whoever_is_cancelled_leaves_no_connection(sink: ModelSink) -> None:
    sink.replies(Answer(manner=Manner.HANG))
    async with client(sink.base) as (asking, _):
        task = asyncio.create_task(asking.ask(MESSAGES, "thing", SCHEMA, 100))
        await asyncio.to_thread(sink.wait_for, 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
