"""Chat completions: the wire format of OpenAI's API, which most model servers also speak, and a client for it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from mmeval.definitions import Options, added
from mmeval.errors import FatalError
from mmeval.providers.body import Body, drop_none
from mmeval.providers.calls import call, shaped
from mmeval.providers.clips import audio_part, media_io, video_part
from mmeval.providers.guard import ACCEPTED, guard_httpx
from mmeval.providers.headers import openai_limits
from mmeval.providers.setup import Secret, sdk
from mmeval.types import Audio, Finish, Part, Prompt, Reply, Text, Usage, Video

SAMPLERS = ("top_k", "presence_penalty", "repetition_penalty", "stop")
"""Options that are sent under their own names. OpenAI takes two of them; vLLM and SGLang take all."""
_JSON = {"Content-Type": "application/json"}
_FINISH: dict[str | None, Finish] = {"length": "length", "content_filter": "filtered"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOptions(Options):
    """Options of a chat completion; None = the server's default."""

    detail: Literal["low", "high", "auto", "original"] | None = None
    """Resolution at which the model sees an image."""
    effort: str | None = None
    """Reasoning effort."""
    schema: str | None = None
    """JSON schema that the reply must follow, as text."""
    top_k: int | None = added(None)
    """Sample only from this many tokens."""
    presence_penalty: float | None = added(None)
    """Penalty for tokens that the reply already holds."""
    repetition_penalty: float | None = added(None)
    """Factor against tokens that prompt or reply already hold; 1 changes nothing."""
    stop: tuple[str, ...] | None = added(None)
    """Texts that end the reply."""


class ChatClient:
    """Sends requests to one server that speaks OpenAI's APIs, through the `openai` SDK.

    Args:
        base_url: up to and including `/v1`.
        secret: the API key; an empty one for servers without keys.
        timeout_s: longest time for one request.
        proxies: whether to honour HTTP_PROXY and its relatives.

    Raises:
        UsageError: the SDK is not installed.
    """

    def __init__(self, base_url: str, secret: Secret, *, timeout_s: float, proxies: bool = True) -> None:
        openai = sdk("openai", extra="openai")
        self.secret = secret
        self.sdk = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=secret.value or "none",
            max_retries=0,
            timeout=timeout_s,
            http_client=openai.DefaultAioHttpClient(
                trust_env=proxies, headers=ACCEPTED, event_hooks={"response": [guard_httpx]}
            ),
        )
        # The undecoded response: `call` tells HTML, empty and broken bodies apart.
        self._raw = sdk("httpx2", extra="openai").Response

    async def post(self, url: str, content: bytes, read: Callable[[dict[str, Any]], Reply]) -> Reply:
        """Send one request and read the answer.

        Args:
            url: the whole URL; the SDK would join and parse a path anew for every request.
            content: the JSON body.
            read: makes a Reply from the decoded answer, such as `chat_reply`.

        Raises:
            RetryableError, FatalError: see `failure`. A prompt that a content filter stopped is a Reply.
        """
        return await self.read(self.sdk.post(url, cast_to=self._raw, content=content, options={"headers": _JSON}), read)

    async def read(self, sending: Awaitable[Any], read: Callable[[dict[str, Any]], Reply]) -> Reply:
        """Await a raw response of the SDK and read it, as `post` does."""
        try:
            answer = await call(sending, secret=self.secret, body=lambda raw: raw.content)
        except FatalError as error:
            if error.kind != "filtered":
                raise
            return Reply(text="", finish="filtered")
        return shaped(
            read,
            answer.value,
            secret=self.secret,
            latency_s=answer.latency_s,
            request_id=answer.headers.get("x-request-id"),
            limits=openai_limits(answer.headers),
        )

    async def get(self, url: str) -> dict[str, Any]:
        """The JSON object at a whole URL; raises RetryableError or FatalError."""
        answer = await call(self.sdk.get(url, cast_to=self._raw), secret=self.secret, body=lambda raw: raw.content)
        return answer.value

    async def close(self) -> None:
        """Close the connections."""
        await self.sdk.close()


def chat_payload(
    model: str, prompt: Prompt, options: ChatOptions, body: Body, *, limit: str = "max_tokens", uuids: bool = False
) -> dict[str, Any]:
    """The JSON of one chat completion, with media as placeholders of `body`.

    Args:
        model: the name by which the server knows the model.
        prompt: the parts of the user's message.
        options: what is None is not sent.
        body: encodes the media.
        limit: the server's name for `max_tokens`.
        uuids: name films by their content, as vLLM takes it.

    Raises:
        FatalError: a film is too large for a request.
    """

    def part(p: Part) -> dict[str, Any]:
        if isinstance(p, Text):
            return {"type": "text", "text": p.text}
        if isinstance(p, Audio):
            return audio_part(p, body)
        if isinstance(p, Video):
            return video_part(p, body, uuid=uuids)
        return {"type": "image_url", "image_url": drop_none({"url": body.data_url(p), "detail": options.detail})}

    system = [{"role": "system", "content": options.system}] if options.system else []
    schema = {"type": "json_schema", "json_schema": json_schema(options.schema)} if options.schema else None
    given = {
        "temperature": options.temperature,
        "top_p": options.top_p,
        "messages": [*system, {"role": "user", "content": [part(p) for p in prompt]}],
        limit: options.max_tokens,
        "seed": options.seed,
        **{name: getattr(options, name) for name in SAMPLERS},
        "reasoning_effort": options.effort,
        "response_format": schema,
        "media_io_kwargs": media_io(prompt),
    }
    return {"model": model, **drop_none(given), "stream": False}  # `transformers serve` streams by default


def json_schema(schema: str) -> dict[str, Any]:
    """A JSON schema, given as text, in the form that both of OpenAI's APIs take."""
    return {"name": "reply", "strict": True, "schema": json.loads(schema)}


def chat_reply(value: dict[str, Any]) -> Reply:
    """The Reply of a chat completion; raises KeyError, TypeError, ... for any other JSON (see `shaped`).

    Source: https://platform.openai.com/docs/api-reference/chat/object
    """
    choice = value["choices"][0]
    message = choice["message"]
    content = message.get("content") or ""
    usage = value.get("usage") or {}
    refusal = message.get("refusal")
    return Reply(
        # Some servers return the content as a list of parts.
        text=refusal or (content if isinstance(content, str) else "".join(part.get("text", "") for part in content)),
        finish="refused" if refusal else _FINISH.get(choice.get("finish_reason"), "stop"),
        reasoning=message.get("reasoning_content") or message.get("reasoning"),
        usage=Usage(
            input=usage.get("prompt_tokens"),
            output=usage.get("completion_tokens"),
            reasoning=(usage.get("completion_tokens_details") or {}).get("reasoning_tokens"),
            cached=(usage.get("prompt_tokens_details") or {}).get("cached_tokens"),
        ),
        model=value.get("model"),
    )
