"""Options scored through a server's log-probabilities of its prompt: what is sent, what comes back, and who cannot."""

from __future__ import annotations

import asyncio
import json
import math
from typing import ClassVar

import pytest

from mmeval import FatalError, Request, Text
from mmeval.catalog import Catalog
from tests.adapters.conftest import picture
from tests.loopback.threaded import Handler, threaded

ASK = Request(prompt=(Text("Which?"), picture("red")), want="choice", choices=("red", "a cat", "red"))


def chance(token: int) -> float:
    return -(token % 7) / 10 - 0.1


class Vllm(Handler):
    """One token per character; the first 10 stand for the picture."""

    seen: ClassVar[list[dict]] = []

    def do_GET(self) -> None:
        self.say(404, {})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if body["messages"][0]["content"] != [{"type": "text", "text": "?"}]:  # the question before the run
            self.seen.append(body)
        user, *said = body["messages"]
        text = "".join(part.get("text", "") for part in user["content"]) + "\nassistant: "
        ids = [*range(10), *map(ord, text + "".join(message["content"] for message in said))]
        other = {"9999": {"logprob": -0.01}}
        chances = [None, *({**other, str(token): {"logprob": chance(token)}} for token in ids[1:])]
        message = {"message": {"content": "x"}, "finish_reason": "length"}
        told = {"prompt_token_ids": ids, "prompt_logprobs": chances, "usage": {"prompt_tokens": len(ids)}}
        self.say(200, {"model": "m", "choices": [message], **told})

    def say(self, status: int, value: object) -> None:
        raw = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


class Forgetful(Vllm):
    """Ignores what it does not know, as many servers do."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.say(200, {"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}]})


class Strict(Vllm):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.say(400, {"error": {"message": "Unrecognized request argument supplied: prompt_logprobs"}})


async def ask(provider: str, **options):
    cls = Catalog().adapter(provider)
    how = cls.capabilities.options(**options)
    adapter = cls("m", how)
    await adapter.connect()
    try:
        return await adapter.ask(ASK, how)
    finally:
        await adapter.close()


@pytest.mark.parametrize("provider", ["openai", "vllm"])
def test_the_tokens_after_the_prompt_count(provider):
    Vllm.seen = []
    with threaded(Vllm) as url:
        reply = asyncio.run(ask(provider, base_url=f"{url}/v1", max_tokens=50, temperature=0.5))
    sums = [math.fsum(chance(ord(c)) for c in option) for option in ASK.choices]
    assert reply.scores == pytest.approx(sums)
    assert reply.scores[0] == reply.scores[2]
    assert (reply.tokens, reply.text, reply.finish) == ((3, 5, 3), "", "stop")
    waiting, *answered = Vllm.seen
    assert len(answered) == 2, "equal options are asked once"
    assert "continue_final_message" not in waiting
    for body in answered:
        assert body["messages"][:-1] == waiting["messages"]
        flags = ("prompt_logprobs", "max_tokens", "temperature", "add_generation_prompt", "continue_final_message")
        assert [body[flag] for flag in flags] == [0, 1, 0, False, True]


@pytest.mark.parametrize("server", [Forgetful, Strict])
def test_a_server_without_them_is_unsupported(server):
    with threaded(server) as url, pytest.raises(FatalError, match="no log-probabilities of a prompt") as raised:
        asyncio.run(ask("openai", base_url=f"{url}/v1"))
    assert raised.value.kind == "unsupported"


def test_the_hosted_apis_are_unsupported(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    with pytest.raises(FatalError, match="returns no log-probabilities") as raised:
        asyncio.run(ask("openai"))
    assert raised.value.kind == "unsupported"
