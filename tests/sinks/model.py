"""An OpenAI-compatible endpoint that speaks the real protocol: chat completions and the list of models.

It refuses what the real one refuses (a wrong key, an unknown model, a schema that strict mode does not take) and then
answers as told: with a text, with a text that a function makes of the question, or with any `Answer` of HttpSink.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from tests.sinks.http import Answer, HttpSink, Request


@dataclass(frozen=True, slots=True)
class Chat:
    """A question as it arrived."""

    body: Mapping[str, Any]

    @property
    def system(self) -> str:
        return str(self.body["messages"][0]["content"])

    @property
    def user(self) -> str:
        return str(self.body["messages"][-1]["content"])

    @property
    def form(self) -> str:
        return str(self.body.get("response_format", {}).get("type", "plain"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """A completion: what the model says and how it ends."""

    content: str | None = None
    finish_reason: str = "stop"
    refusal: str | None = None
    usage: Mapping[str, int] | None = None
    counted: bool = True
    choices: int = 1


Reply = str | Says | Answer | Callable[[Chat], "str | Says | Answer"]


class ModelSink(HttpSink):
    """`forms` are the response formats that it knows, `limit` the name under which it takes the most tokens."""

    def __init__(
        self,
        *,
        key: str | None = None,
        model: str = "toy-1",
        forms: frozenset[str] = frozenset({"json_schema", "json_object", "plain"}),
        limit: str | None = None,
        temperature: bool = True,
    ) -> None:
        super().__init__()
        self.chats: list[Chat] = []
        self.model, self._key, self._forms, self._limit, self._temperature = model, key, forms, limit, temperature
        self._replies: deque[Reply] = deque(['{"statements": []}'])

    @property
    def base(self) -> str:
        """What VOLTEFACE_LLM_URL is set to."""
        return f"{self.url}/v1"

    def replies(self, *replies: Reply) -> None:
        """Reply to the next questions with these, one each; the last one stays."""
        with self._news:
            self._replies = deque(replies)

    def _answer_to(self, request: Request) -> Answer:
        if self._key and request.headers.get("authorization") != f"Bearer {self._key}":
            given = request.headers.get("authorization", "")
            return _error(401, f"Incorrect API key provided: {given}", code="invalid_api_key")
        if (request.method, request.path) == ("GET", "/v1/models"):
            return _json({"object": "list", "data": [{"id": self.model, "object": "model", "owned_by": "tests"}]})
        if (request.method, request.path) != ("POST", "/v1/chat/completions"):
            return _error(404, f"Unknown request URL: {request.method} {request.path}")
        body = json.loads(request.body)
        for problem in self._problems(body):
            return problem
        chat = Chat(body)
        self.chats.append(chat)
        reply = self._replies.popleft() if len(self._replies) > 1 else self._replies[0]
        said = reply(chat) if callable(reply) else reply
        if isinstance(said, Answer):
            return said
        return _json(self._completion(said if isinstance(said, Says) else Says(content=said), chat))

    def _problems(self, body: Mapping[str, Any]) -> Iterator[Answer]:
        if body.get("model") != self.model:
            yield _error(404, f"The model `{body.get('model')}` does not exist", code="model_not_found")
        messages = body.get("messages")
        if not messages or any(set(m) != {"role", "content"} or not isinstance(m["content"], str) for m in messages):
            yield _error(400, "Invalid 'messages'", param="messages")
        given = next((n for n in ("max_tokens", "max_completion_tokens") if n in body), None)
        if self._limit and given != self._limit:
            yield _error(400, f"Unsupported parameter: '{given}'. Use '{self._limit}' instead.", param=given)
        if "temperature" in body and not self._temperature:
            yield _error(400, "Unsupported value: 'temperature' does not support 0", param="temperature")
        form = body.get("response_format", {}).get("type", "plain")
        if form not in self._forms:
            yield _error(400, f"Invalid parameter: 'response_format' of type '{form}'", param="response_format")
        if form == "json_schema":
            wrong = _not_strict(body["response_format"]["json_schema"])
            if wrong:
                yield _error(400, f"Invalid schema for response_format: {wrong}", param="response_format")

    def _completion(self, said: Says, chat: Chat) -> dict[str, Any]:
        prompt = len(json.dumps(chat.body["messages"])) // 4
        answer = len(said.content or said.refusal or "") // 4 + 1
        usage = said.usage or {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}
        message = {"role": "assistant", "content": said.content, "refusal": said.refusal}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": said.finish_reason}
        found = {
            "id": f"chatcmpl-{len(self.chats)}",
            "object": "chat.completion",
            "created": 1740000000,
            "model": self.model,
            "choices": [choice] * said.choices,
        }
        return {**found, "usage": usage} if said.counted else found


def _not_strict(given: Mapping[str, Any]) -> str:
    """Why strict mode would not take a schema: https://platform.openai.com/docs/guides/structured-outputs"""
    if not given.get("name") or given.get("strict") is not True:
        return "name and strict are required"
    Draft202012Validator.check_schema(given["schema"])

    def walk(node: Any) -> str:
        if isinstance(node, dict):
            if node.get("type") == "object":
                if node.get("additionalProperties") is not False:
                    return "'additionalProperties' is required to be supplied and to be false"
                if set(node.get("required", ())) != set(node.get("properties", ())):
                    return "'required' is required to be supplied and to be an array including every key in properties"
            return next((why for child in node.values() if (why := walk(child))), "")
        if isinstance(node, list):
            return next((why for child in node if (why := walk(child))), "")
        return ""

    return walk(given["schema"])


def _json(body: Mapping[str, Any], status: int = 200) -> Answer:
    return Answer(status=status, headers={"content-type": "application/json"}, body=json.dumps(body).encode())


def _error(status: int, message: str, *, param: str | None = None, code: str | None = None) -> Answer:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return _json({"error": error}, status)
