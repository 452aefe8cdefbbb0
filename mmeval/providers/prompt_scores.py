"""Log-probabilities of options from a chat server that returns those of its prompt, as vLLM does.

The prompt is sent as it is, and with each option as the beginning of the assistant's message. The tokens of an
option are those after the first one in which the two prompts differ.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mmeval.errors import FatalError
from mmeval.providers.body import Body
from mmeval.providers.chat import chat_reply
from mmeval.types import Reply, Request, Usage

__all__ = ["prompt_scores"]

ASKS: Mapping[str, Any] = {
    "prompt_logprobs": 0, "return_token_ids": True, "temperature": 0, "max_tokens": 1,
}  # fmt: skip
"""A server may refuse `max_tokens: 0`. Source: https://docs.vllm.ai/en/latest/api/vllm/entrypoints/openai/ (0.32)."""
CONTINUES: Mapping[str, Any] = {"add_generation_prompt": False, "continue_final_message": True}
NEEDLESS = ("max_tokens", "max_completion_tokens", "top_p", "response_format", "reasoning_effort")


@dataclass(slots=True)
class _Prompt:
    """The tokens of a prompt and their log-probabilities; the first has none."""

    ids: list[int] = field(default_factory=list)
    chances: list[float] = field(default_factory=list)


Payload = Callable[[Body], Mapping[str, Any]]
Post = Callable[[bytes, Callable[[dict[str, Any]], Reply]], Awaitable[Reply]]


async def prompt_scores(request: Request, payload: Payload, post: Post) -> Reply:
    """The summed log-probability of each choice, in nats, and its tokens.

    Args:
        request: with choices.
        payload: makes the JSON of the chat request, with the media as placeholders of a `Body`.
        post: sends a body and reads the answer.

    Raises:
        FatalError: (`unsupported`) the server returns no log-probabilities of the prompt.
        RetryableError, FatalError: as for any request.
    """
    waiting, first = await _sent(payload, post, None)
    options = list(dict.fromkeys(request.choices))
    sent = await asyncio.gather(*(_sent(payload, post, option) for option in options))
    found = {option: _sum(waiting, prompt) for option, (prompt, _) in zip(options, sent, strict=True)}
    used = [reply.usage.input for _, reply in sent]
    return replace(
        first,
        text="",
        finish="stop",
        reasoning=None,
        scores=tuple(found[option][0] for option in request.choices),
        tokens=tuple(found[option][1] for option in request.choices),
        usage=Usage(input=sum(filter(None, used)) if None not in used else None, output=len(sent)),
    )


async def _sent(payload: Payload, post: Post, option: str | None) -> tuple[_Prompt, Reply]:
    body, prompt = Body(), _Prompt()
    asked: dict[str, Any] = {key: value for key, value in payload(body).items() if key not in NEEDLESS}
    asked |= ASKS
    if option is not None:
        answered = {"role": "assistant", "content": option}
        asked |= {"messages": [*asked["messages"], answered], **CONTINUES}

    def read(value: dict[str, Any]) -> Reply:
        prompt.ids, prompt.chances = _tokens(value)
        return chat_reply(value)

    try:
        reply = await post(body.dumps(asked), read)
    except FatalError as error:
        if "prompt_logprobs" in str(error):
            raise FatalError(
                f"the server returns no log-probabilities of a prompt: {error}", kind="unsupported"
            ) from None
        raise
    if not prompt.ids:
        raise FatalError("the server returns no log-probabilities of a prompt", kind="unsupported")
    return prompt, reply


def _tokens(value: Mapping[str, Any]) -> tuple[list[int], list[float]]:
    """Ids and log-probabilities of the prompt's tokens, or nothing; raises KeyError and the like for another shape."""
    ids, entries = value.get("prompt_token_ids"), value.get("prompt_logprobs")
    if not ids or not entries:
        return [], []
    # An entry may name other likely tokens, too. The first token follows nothing, and has none.
    chances = [
        float(entry[str(token)]["logprob"]) if entry else math.nan for token, entry in zip(ids, entries, strict=True)
    ]
    return list(ids), chances


def _sum(waiting: _Prompt, answered: _Prompt) -> tuple[float, int]:
    pairs = enumerate(zip(waiting.ids, answered.ids, strict=False))
    start = next((i for i, (one, other) in pairs if one != other), min(len(waiting.ids), len(answered.ids)))
    start = min(start, len(answered.ids) - 1)
    return math.fsum(answered.chances[start:]), len(answered.ids) - start
