"""OpenAI, and every server that speaks its API: vLLM, SGLang, Ollama, LM Studio, `transformers serve`, ...

openai/gpt-5.4                                               the Responses API of api.openai.com
openai/Qwen2-VL -o base_url=http://127.0.0.1:8000/v1         chat completions of any other server
openai/gpt-image-1, openai/gpt-4o-mini-tts                   images and speech, also of any other server

Chat models of api.openai.com make images by the image generation tool of the Responses API.
"""

from __future__ import annotations

import math
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from mmeval import (
    AdapterError,
    Capabilities,
    FatalError,
    Prompt,
    Reply,
    Request,
    RetryableError,
    Text,
    Usage,
    UsageError,
    providers,
)
from mmeval.definitions import BatchState, BatchStatus
from mmeval.types import Finish, Form, Modality, Part, Want

HOST = "api.openai.com"
OPENAI = f"https://{HOST}/v1"
# Models that the images API serves; others of OpenAI make images by a tool.
PAINTERS = re.compile(r"gpt-image|chatgpt-image|dall-e")
# Models with sound, which only chat completions have.
AUDIO = re.compile("-audio")
# Reasoning models answer 400 to temperature and top_p; their chat variants accept both.
REASONING = re.compile(r"^(o\d|gpt-5)(?!.*-chat)")
UNKNOWN = ("top_k", "repetition_penalty")
"""Options of other servers that OpenAI's own does not have."""
FINISH: dict[str | None, Finish] = {"length": "length", "max_output_tokens": "length", "content_filter": "filtered"}
STATES: dict[str, BatchStatus] = {"failed": "failed", "completed": "ended", "expired": "ended", "cancelled": "ended"}
# Tokens of an image: (base, per tile of 512 pixels), or a factor on the number of its patches of 32 pixels.
TILED = (
    (r"gpt-4o-mini", (2833, 5667)),
    (r"gpt-4o|gpt-4\.1(?!-)|gpt-4\.5", (85, 170)),
    (r"gpt-5(-20|-chat|$)", (70, 140)),
    (r"o1|o3(-pro|-20|$)", (75, 150)),
)
PATCHED = (
    ("gpt-4.1-mini", 1.62),
    ("gpt-4.1-nano", 2.46),
    ("gpt-5-mini", 1.62),
    ("gpt-5-nano", 2.46),
    ("o4-mini", 1.72),
)
MAX_PATCHES = 1536
MIN_OUTPUT = 16
"""Tokens; the Responses API refuses a smaller max_output_tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAIOptions(providers.MakingOptions):
    """Options of OpenAI's APIs; None = the server's default."""

    base_url: str = OPENAI
    api: Literal["responses", "chat"] | None = None
    """None: responses at api.openai.com, chat everywhere else."""
    key_env: str | None = None
    """Environment variable that holds the key of another server. OPENAI_API_KEY is sent only to api.openai.com,
    unless it is named here."""
    sampling: bool | None = None
    """Whether temperature and top_p are sent. None: except to OpenAI's reasoning models, which refuse them."""
    timeout_s: float = 600.0


class Adapter:
    """Chat completions and Responses through the `openai` SDK."""

    # https://platform.openai.com/docs/guides/batch: 50,000 requests, a file of 200 MB; base64 takes a third more.
    batch_requests = 50_000
    batch_bytes = 64_000_000

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image", "audio", "video"}),
        wants=frozenset({"text", "choice", "image", "audio"}),
        scores="likelihood",
        options=OpenAIOptions,
        max_images=500,
        max_image_bytes=20_000_000,
        env="OPENAI_API_KEY",
        extra="openai",
        sdk="openai",
        transport_options=frozenset({"timeout_s", "key_env"}),
        request_options=frozenset(
            {
                "detail",
                "effort",
                "schema",
                "sampling",
                *providers.SAMPLERS,
                "size",
                "quality",
                "voice",
                "speed",
            }
        ),
    )

    def __init__(self, model: str, options: OpenAIOptions) -> None:
        self.model = model
        self.endpoint = providers.endpoint(options.base_url)
        self._official = urlsplit(self.endpoint).hostname == HOST
        self._api = options.api or ("responses" if self._official and not AUDIO.search(model) else "chat")
        if self._api == "responses" and options.seed is not None:
            raise UsageError("-o seed: the Responses API has no seed; use -o api=chat")
        lacks = providers.SAMPLERS if self._api == "responses" else UNKNOWN if self._official else ()
        for name in lacks:
            if getattr(options, name) is not None:
                api = "the Responses API" if self._api == "responses" else HOST
                way_out = (
                    "; use -o api=chat" if self._api == "responses" and not (self._official and name in UNKNOWN) else ""
                )
                raise UsageError(f"-o {name}: {api} has no such option{way_out}")
        self._path = "/responses" if self._api == "responses" else "/chat/completions"
        self._options = options

    async def connect(self) -> None:
        """Import the SDK and read the key; raises UsageError naming what is missing."""
        providers.sdk("openai", extra="openai")  # a missing SDK is named before a missing key
        self._secret = providers.key(
            "OPENAI_API_KEY", provider="openai", base_url=self.endpoint, host=HOST, named=self._options.key_env
        )
        self._client = providers.ChatClient(self.endpoint, self._secret, timeout_s=self._options.timeout_s)

        self._making = providers.OpenAIMaking(self._client, self.endpoint, self.model)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def ask(self, request: Request, options: OpenAIOptions) -> Reply:
        """Send one request; raises RetryableError or FatalError."""

        def payload(body: providers.Body) -> dict[str, Any]:
            return self._payload(request.prompt, self.normalize_options(options), body)

        async def post(content: bytes, read: Callable[[dict[str, Any]], Reply]) -> Reply:
            return await self._client.post(self.endpoint + self._path, content, read)

        if request.want == "choice":
            if self._official or self._api == "responses":
                raise FatalError(f"{self.model}: this API returns no log-probabilities of a prompt", kind="unsupported")
            return await providers.prompt_scores(request, payload, post)
        body = providers.Body()
        if request.want == "image":
            return await self._making.tool_image(request, options, payload(body), body)
        if request.want == "audio":
            return await self._making.speech(request, options)
        return await post(body.dumps(payload(body)), self._read)

    def takes_long(self, request: Request) -> bool:
        """Whether the images API answers, which may name an address instead of sending the image."""
        return request.want == "image" and not (self._official and not PAINTERS.match(self.model))

    async def start(self, request: Request, options: OpenAIOptions) -> str | Reply:
        """Ask the images API; raises RetryableError or FatalError."""
        return await self._making.image(request, options)

    async def look(self, job: str, request: Request, options: OpenAIOptions) -> Reply:
        """The image at the address that the answer named; raises RetryableError or FatalError."""
        return await self._making.fetched(job)

    @staticmethod
    def form(request: Request, options: OpenAIOptions) -> Form:
        """Images have exactly the size that was asked for."""
        width, height = (request.want == "image" and providers.sized(options.size)) or (None, None)
        return Form(width=width, height=height)

    @staticmethod
    def made(model: str, want: Want, text: str, options: OpenAIOptions) -> Usage | None:
        """What one image or speech is billed by; None where the rule is unknown."""
        return providers.made_tokens(model, want, text, options)

    def normalize_options(self, options: OpenAIOptions) -> OpenAIOptions:
        """The options as they are sent: without those that the model or the API refuses."""
        refused = self._official and REASONING.match(self.model) is not None
        if refused if options.sampling is None else not options.sampling:
            options = replace(options, temperature=None, top_p=None)
        if self._official and self._api == "responses" and options.max_tokens is not None:
            options = replace(options, max_tokens=max(MIN_OUTPUT, options.max_tokens))
        return options

    @staticmethod
    def image_tokens(model: str, width: int, height: int, options: OpenAIOptions) -> int | None:
        """Input tokens of one image; None for models whose rule is unknown.

        Source: https://platform.openai.com/docs/guides/images-vision#calculating-costs (2025-08).
        """
        patched = next((factor for name, factor in PATCHED if model.startswith(name)), None)
        if patched is not None:
            return math.ceil(patched * _patches(width, height))
        base, tile = next((costs for name, costs in TILED if re.match(name, model)), (None, 0))
        if base is None or options.detail == "low":
            return base
        scale = min(1.0, 2048 / max(width, height))
        scale = min(scale, 768 / min(width, height))
        return base + tile * math.ceil(width * scale / 512) * math.ceil(height * scale / 512)

    @staticmethod
    def clip_tokens(
        model: str, kind: Modality, seconds: float, fps: float | None, options: OpenAIOptions
    ) -> int | None:
        """Input tokens of a sound, 10 per second; None for other servers' models, whose rules are unknown.

        Source: https://developers.openai.com/api/docs/guides/realtime-costs (1 token per 100 ms).
        """
        own = kind == "audio" and AUDIO.search(model) and options.base_url == OPENAI
        return math.ceil(10 * seconds) if own else None

    def _payload(self, prompt: Prompt, options: OpenAIOptions, body: providers.Body) -> dict[str, Any]:
        self._refuse(prompt)
        if self._api == "responses":
            return self._responses(prompt, options, body)
        limit = "max_completion_tokens" if self._official else "max_tokens"
        return providers.chat_payload(self.model, prompt, options, body, limit=limit)

    def _refuse(self, prompt: Prompt) -> None:
        """Raise FatalError for films and sounds that the API does not take; other servers say so themselves."""
        kinds = {part.kind for part in prompt}
        if "video" in kinds and (self._official or self._api == "responses"):
            raise FatalError("the API takes no film; show it frames: --video frames=32", kind="unsupported")
        if "audio" in kinds and self._api == "responses":
            raise FatalError(
                "the Responses API takes no sound; ask an audio model with -o api=chat", kind="unsupported"
            )

    def _responses(self, prompt: Prompt, options: OpenAIOptions, body: providers.Body) -> dict[str, Any]:
        def part(p: Part) -> dict[str, Any]:
            if isinstance(p, Text):
                return {"type": "input_text", "text": p.text}
            return {"type": "input_image", "image_url": body.data_url(p), "detail": options.detail or "auto"}

        schema = {"type": "json_schema", **providers.json_schema(options.schema)} if options.schema else None
        given = {
            "temperature": options.temperature,
            "top_p": options.top_p,
            "instructions": options.system,
            "input": [{"role": "user", "content": [part(p) for p in prompt]}],
            "max_output_tokens": options.max_tokens,
            "reasoning": {"effort": options.effort} if options.effort else None,
            "store": False if self._official else None,
            "text": {"format": schema} if schema else None,
        }
        return {"model": self.model, **providers.drop_none(given), "stream": False}

    @property
    def _read(self) -> Callable[[dict[str, Any]], Reply]:
        return _from_responses if self._api == "responses" else providers.chat_reply

    async def submit(self, requests: Sequence[tuple[str, Request]], options: OpenAIOptions) -> str:
        """Upload the requests as a file and start a batch; the handle is its id."""
        body, url = providers.Body(), f"/v1{self._path}"
        file = b"\n".join(
            body.dumps(
                {"custom_id": key, "method": "POST", "url": url, "body": self._payload(request.prompt, options, body)}
            )
            for key, request in requests
        )
        created = self._client.sdk.files.create(file=("requests.jsonl", file), purpose="batch")
        file_id: str = await providers.fetch(created, secret=self._secret, read=lambda uploaded: uploaded.id)
        started = self._client.sdk.batches.create(input_file_id=file_id, endpoint=url, completion_window="24h")
        handle: str = await providers.fetch(started, secret=self._secret, read=lambda batch: batch.id)
        return self._secret.redact(handle)

    async def poll(self, handle: str) -> BatchState:
        """How far the batch is. An expired batch has ended, with the answers it got until then."""
        batch = await providers.fetch(
            self._client.sdk.batches.retrieve(handle), secret=self._secret, read=lambda batch: batch
        )
        counts, errors = batch.request_counts, batch.errors.data if batch.errors else None
        return BatchState(
            state=STATES.get(batch.status, "running"),
            done=counts.completed + counts.failed if counts else 0,
            total=counts.total if counts else 0,
            note=self._secret.scrub((errors[0].message or "") if errors else batch.status),
        )

    async def collect(self, handle: str) -> AsyncIterator[tuple[str, Reply | AdapterError]]:
        """The content of the batch's output and error files, by custom id."""
        batch = await providers.fetch(
            self._client.sdk.batches.retrieve(handle), secret=self._secret, read=lambda batch: batch
        )
        for file_id in filter(None, (batch.output_file_id, batch.error_file_id)):
            content = self._client.sdk.files.content(file_id)
            text = await providers.fetch(
                content, secret=self._secret, read=lambda file: file.content, limit=providers.MAX_BATCH
            )
            for line in providers.lines(text):
                yield str(line["custom_id"]), self._collected(line)

    def _collected(self, line: dict[str, Any]) -> Reply | AdapterError:
        response, error = line.get("response") or {}, line.get("error")
        if error:
            why = self._secret.scrub(f"batch: {error.get('code')}: {error.get('message')}")
            return RetryableError(why, kind="server")
        body = response.get("body") or {}
        if response.get("status_code") != 200:
            return providers.said(body, secret=self._secret, status=response.get("status_code"))
        return providers.collected(self._read, body, secret=self._secret)


def _patches(width: int, height: int) -> int:
    """Patches of 32 x 32 pixels that cover the image, after it is scaled down to at most MAX_PATCHES of them."""
    if math.ceil(width / 32) * math.ceil(height / 32) > MAX_PATCHES:
        scale = math.sqrt(32 * 32 * MAX_PATCHES / (width * height))
        across, down = width * scale / 32, height * scale / 32
        scale *= min(max(1, math.floor(across)) / across, max(1, math.floor(down)) / down)
        width, height = round(width * scale), round(height * scale)
    return math.ceil(width / 32) * math.ceil(height / 32)


def _from_responses(value: dict[str, Any]) -> Reply:
    output = value.get("output")
    if not isinstance(output, list) or value.get("status") not in ("completed", "incomplete"):
        raise RetryableError(f"status 200, response {value.get('status')!r}", kind="malformed", status=200)
    said = [part for item in output if item.get("type") == "message" for part in item.get("content") or ()]
    thought = [part for item in output if item.get("type") == "reasoning" for part in _thoughts(item)]
    refusal = "".join(part["refusal"] for part in said if part.get("type") == "refusal")
    reason = (value.get("incomplete_details") or {}).get("reason")
    usage = value.get("usage") or {}
    return Reply(
        text=refusal or "".join(part["text"] for part in said if part.get("type") == "output_text"),
        finish="refused" if refusal else FINISH.get(reason, "stop"),
        reasoning="\n".join(part["text"] for part in thought) or None,
        usage=Usage(
            input=usage.get("input_tokens"),
            output=usage.get("output_tokens"),
            reasoning=(usage.get("output_tokens_details") or {}).get("reasoning_tokens"),
            cached=(usage.get("input_tokens_details") or {}).get("cached_tokens"),
        ),
        model=value.get("model"),
    )


def _thoughts(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [*(item.get("summary") or ()), *(item.get("content") or ())]
