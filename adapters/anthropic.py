"""Claude, through the `anthropic` SDK: anthropic/claude-opus-5-5."""

from __future__ import annotations

import json
import math
import re
from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from mmeval import (
    AdapterError,
    Capabilities,
    Options,
    Prompt,
    Reply,
    Request,
    RetryableError,
    Text,
    Usage,
    UsageError,
    providers,
)
from mmeval.definitions import BatchState
from mmeval.types import Finish

HOST = "api.anthropic.com"
ANTHROPIC = f"https://{HOST}"
FINISH: dict[str | None, Finish] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refused",
}
DEFAULT_MAX_TOKENS = 4096
UP_TO_4_6 = re.compile(r"claude-(3|(sonnet|opus|haiku)-4(-20|-[0-6](-|$)|$))")
BATCHES = "/v1/messages/batches"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnthropicOptions(Options):
    """Options of the Messages API; None = the provider's default."""

    base_url: str = ANTHROPIC
    key_env: str | None = None
    """Environment variable that holds the key of another server. ANTHROPIC_API_KEY is sent only to api.anthropic.com,
    unless it is named here."""
    thinking: Literal["adaptive", "disabled"] | None = None
    thinking_budget: int | None = None
    """Tokens, for the models that take a budget."""
    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    schema: str | None = None
    """JSON schema that the reply must follow, as text."""
    sampling: bool = False
    """Send temperature and top_p, with API version 2023-06-01; the current version answers 400 to them."""
    timeout_s: float = 600.0


class Adapter:
    """The Messages API."""

    # https://platform.claude.com/docs/en/build-with-claude/batch-processing: 100,000 requests or 256 MB.
    batch_requests = 100_000
    batch_bytes = 64_000_000

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image"}),
        options=AnthropicOptions,
        # https://platform.claude.com/docs/en/build-with-claude/vision
        max_images=600,
        max_image_bytes=5_000_000,
        max_image_side=((20, 8000), (600, 2000)),
        env="ANTHROPIC_API_KEY",
        extra="anthropic",
        sdk="anthropic",
        transport_options=frozenset({"timeout_s", "key_env"}),
        request_options=frozenset({"thinking", "thinking_budget", "effort", "schema"}),
    )

    def __init__(self, model: str, options: AnthropicOptions) -> None:
        if options.seed is not None:
            raise UsageError("-o seed: the Messages API has no seed")
        self.model = model
        self.endpoint = providers.endpoint(options.base_url)
        self._version = {"anthropic-version": "2023-06-01"} if options.sampling else {}
        self._options = options

    async def connect(self) -> None:
        """Import the SDK and read the key; raises UsageError naming what is missing."""
        anthropic = providers.sdk("anthropic", extra="anthropic")
        self._secret = providers.key(
            "ANTHROPIC_API_KEY", provider="anthropic", base_url=self.endpoint, host=HOST, named=self._options.key_env
        )
        self._client = anthropic.AsyncAnthropic(
            base_url=self.endpoint,
            # Without a key, the SDK would look for one in the environment.
            api_key=self._secret.value or "none",
            max_retries=0,
            timeout=self._options.timeout_s,
            http_client=anthropic.DefaultAioHttpClient(
                headers=providers.ACCEPTED, event_hooks={"response": [providers.guard_httpx]}
            ),
        )
        self._raw = providers.sdk("httpx2", extra="anthropic").Response

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def ask(self, request: Request, options: AnthropicOptions) -> Reply:
        """Send one request; raises RetryableError or FatalError."""
        body = providers.Body()
        content = body.dumps(self._payload(request.prompt, self.normalize_options(options), body))
        answer = await self._call(self._post("/v1/messages", content))
        return providers.shaped(
            _reply,
            answer.value,
            secret=self._secret,
            latency_s=answer.latency_s,
            request_id=answer.headers.get("request-id"),
            limits=providers.anthropic_limits(answer.headers),
        )

    def normalize_options(self, options: AnthropicOptions) -> AnthropicOptions:
        """The options as they are sent: the API requires max_tokens, and refuses temperature and top_p."""
        if not options.sampling:
            options = replace(options, temperature=None, top_p=None)
        return replace(options, max_tokens=options.max_tokens or DEFAULT_MAX_TOKENS)

    def _post(self, path: str, content: bytes) -> Awaitable[Any]:
        headers = {"Content-Type": "application/json", **self._version}
        request: Awaitable[Any] = self._client.post(
            path, cast_to=self._raw, content=content, options={"headers": headers}
        )
        return request

    def _get(self, path: str) -> Awaitable[Any]:
        request: Awaitable[Any] = self._client.get(path, cast_to=self._raw, options={"headers": self._version})
        return request

    async def _call(self, request: Awaitable[Any]) -> providers.Answer:
        return await providers.call(request, secret=self._secret, body=lambda raw: raw.content)

    async def submit(self, requests: Sequence[tuple[str, Request]], options: AnthropicOptions) -> str:
        """Start a batch; the handle is its id."""
        body, sent = providers.Body(), self.normalize_options(options)
        entries = [{"custom_id": key, "params": self._payload(request.prompt, sent, body)} for key, request in requests]
        answer = await self._call(self._post(BATCHES, body.dumps({"requests": entries})))
        return self._secret.redact(str(answer.value["id"]))

    async def poll(self, handle: str) -> BatchState:
        """How far the batch is. An expired or cancelled batch has ended, with the answers it got until then."""
        batch = (await self._call(self._get(f"{BATCHES}/{handle}"))).value
        counts: dict[str, int] = batch.get("request_counts") or {}
        status = str(batch.get("processing_status"))
        waiting = counts.get("processing", 0)
        return BatchState(
            state="ended" if status == "ended" else "running",
            done=sum(counts.values()) - waiting,
            total=sum(counts.values()),
            note=self._secret.scrub(status),
        )

    async def collect(self, handle: str) -> AsyncIterator[tuple[str, Reply | AdapterError]]:
        """The results by custom id. They come from our own endpoint, since `results_url` could name any host."""
        request = self._get(f"{BATCHES}/{handle}/results")
        text = await providers.fetch(
            request, secret=self._secret, read=lambda raw: raw.content, limit=providers.MAX_BATCH
        )
        for line in providers.lines(text):
            yield str(line["custom_id"]), _collected(line.get("result") or {}, self._secret)

    @staticmethod
    def image_tokens(model: str, width: int, height: int, options: AnthropicOptions) -> int | None:
        """Input tokens of one image, up to Claude 4.6; None for later models, which see larger images.

        Source: https://docs.claude.com/en/docs/build-with-claude/vision#evaluate-image-size
        """
        if not UP_TO_4_6.match(model):
            return None
        scale = min(1.0, 1568 / max(width, height), math.sqrt(1600 * 750 / (width * height)))
        return math.ceil(width * scale * height * scale / 750)

    def _payload(self, prompt: Prompt, options: AnthropicOptions, body: providers.Body) -> dict[str, Any]:
        given = {
            "system": options.system,
            "temperature": options.temperature,
            "top_p": options.top_p,
            "thinking": _thinking(options),
            "output_config": _output(options),
        }
        return {
            "model": self.model,
            "max_tokens": options.max_tokens,
            **providers.drop_none(given),
            "messages": [{"role": "user", "content": [_part(part, body) for part in prompt]}],
        }


def _collected(result: dict[str, Any], secret: providers.Secret) -> Reply | AdapterError:
    if result.get("type") == "errored":
        return providers.said(result.get("error") or {}, secret=secret)
    if result.get("type") != "succeeded":
        return RetryableError(secret.scrub(f"batch: {result.get('type')}"), kind="server")
    return providers.collected(_reply, result.get("message") or {}, secret=secret)


def _output(options: AnthropicOptions) -> dict[str, Any] | None:
    shape = {"type": "json_schema", "schema": json.loads(options.schema)} if options.schema else None
    return providers.drop_none({"effort": options.effort, "format": shape}) or None


def _thinking(options: AnthropicOptions) -> dict[str, Any] | None:
    if options.thinking_budget is not None:
        return {"type": "enabled", "budget_tokens": options.thinking_budget}
    return {"type": options.thinking} if options.thinking else None


def _part(part: Any, body: providers.Body) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    return {"type": "image", "source": {"type": "base64", "media_type": part.mime, "data": body.media(part)}}


def _reply(value: dict[str, Any]) -> Reply:
    content = value.get("content")
    if not isinstance(content, list):
        raise RetryableError("status 200 without content", kind="malformed", status=200)
    stop = value.get("stop_reason")
    text = "".join(block.get("text", "") for block in content if block.get("type") == "text")
    usage = value.get("usage") or {}
    read = usage.get("cache_read_input_tokens")
    fresh = usage.get("input_tokens")
    return Reply(
        text=text or ((value.get("stop_details") or {}).get("explanation") or "" if stop == "refusal" else ""),
        finish=FINISH.get(stop, "stop"),
        reasoning="".join(block.get("thinking", "") for block in content if block.get("type") == "thinking") or None,
        usage=Usage(
            # Tokens written to or read from the prompt cache are input, too.
            input=None if fresh is None else fresh + (read or 0) + (usage.get("cache_creation_input_tokens") or 0),
            output=usage.get("output_tokens"),
            cached=read,
        ),
        model=value.get("model"),
    )
