"""Gemini, through the `google-genai` SDK.

gemini/gemini-3.1-pro                texts
gemini/gemini-2.5-flash-image        images of Gemini models; `-tts` models speak
gemini/imagen-4.0-generate-001       images, on the Gemini Enterprise Agent Platform
gemini/veo-3.1-generate-001          films, on the Gemini Enterprise Agent Platform

`-o project=NAME` asks any of them on the platform (once Vertex AI), with the application default credentials of this
machine; so do the SDK's variables GOOGLE_GENAI_USE_ENTERPRISE and GOOGLE_CLOUD_PROJECT.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from mmeval import (
    AdapterError,
    Capabilities,
    FatalError,
    Image,
    Options,
    Prompt,
    Reply,
    Request,
    Text,
    Usage,
    UsageError,
    Video,
    providers,
)
from mmeval.definitions import BatchState, BatchStatus, added
from mmeval.sampling import VideoPolicy
from mmeval.types import Form, Modality, Part, Want

HOST = "generativelanguage.googleapis.com"
GOOGLE = f"https://{HOST}"
KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY")

STATES: dict[str, BatchStatus] = {
    "SUCCEEDED": "ended",
    "PARTIALLY_SUCCEEDED": "ended",
    "FAILED": "failed",
    "CANCELLED": "failed",
    "EXPIRED": "failed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GeminiOptions(Options):
    """Options of generateContent; None = the provider's default."""

    base_url: str = GOOGLE
    api_version: str = "v1beta"
    key_env: str | None = None
    """Environment variable that holds the key of another server. GEMINI_API_KEY, or else GOOGLE_API_KEY, is sent only
    to Google, unless it is named here."""
    thinking_budget: int | None = None
    """Tokens (Gemini 2.5)."""
    thinking_level: Literal["minimal", "low", "medium", "high"] | None = None
    """Gemini 3."""
    schema: str | None = None
    """JSON schema that the reply must follow, as text."""
    thoughts: bool = False
    """Ask for summaries of the reasoning."""
    media_resolution: Literal["low", "medium", "high"] | None = None
    ratio: str | None = added(None)
    """Of an image, such as 16:9."""
    image_size: str | None = added(None)
    """1K, 2K or 4K."""
    voice: str | None = added(None)
    """Of speech; Kore unless given."""
    seconds: int | None = added(None)
    """Length of a film; 8 unless given."""
    resolution: str | None = added(None)
    """Of a film: 720p, 1080p or 4k."""
    storage: str | None = added(None)
    """Folder in Cloud Storage (gs://BUCKET/...) for films that are too large for an answer."""
    enterprise: bool | None = added(None)
    """Whether the Agent Platform is asked instead of the Developer API. None: if there is a project, or if
    GOOGLE_GENAI_USE_ENTERPRISE (or GOOGLE_GENAI_USE_VERTEXAI) is true."""
    project: str | None = added(None)
    """On the Agent Platform; GOOGLE_CLOUD_PROJECT unless given."""
    location: str | None = added(None)
    """Region of the Agent Platform; GOOGLE_CLOUD_LOCATION, or else global, unless given."""
    timeout_s: float = 600.0


class Adapter:
    """generateContent of the Gemini API."""

    # https://ai.google.dev/gemini-api/docs/batch-api: an input file of 2 GB. It is built in memory, hence less.
    batch_requests = 50_000
    batch_bytes = 64_000_000

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image", "audio", "video"}),
        wants=frozenset({"text", "image", "audio"}),
        options=GeminiOptions,
        # https://ai.google.dev/gemini-api/docs/image-understanding
        max_images=3000,
        max_image_bytes=7_000_000,
        image_mimes=frozenset({"image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"}),
        clips=True,
        env="GEMINI_API_KEY",
        extra="gemini",
        sdk="google-genai",
        transport_options=frozenset({"timeout_s", "key_env", "project"}),
        request_options=frozenset(
            {"thinking_budget", "thinking_level", "schema", "thoughts", "media_resolution"}
            | {"ratio", "image_size", "voice", "seconds", "resolution", "storage"}
        ),
    )

    @classmethod
    def capabilities_for(cls, model: str) -> Capabilities:
        """Imagen draws from texts; Veo makes films of texts, which may begin with an image."""
        if _makes(model) == "imagen":
            return replace(cls.capabilities, inputs=frozenset({"text"}), wants=frozenset({"image"}))
        if _makes(model) == "veo":
            takes = frozenset[Modality]({"text", "image"})
            return replace(cls.capabilities, inputs=takes, wants=frozenset({"video"}), max_images=1)
        return cls.capabilities

    def __init__(self, model: str, options: GeminiOptions) -> None:
        self.model = model
        self.capabilities = self.capabilities_for(model)
        self._options = options = self.normalize_options(options)
        if _makes(model) and not options.enterprise:
            raise UsageError(
                f"gemini/{model} needs the Gemini Enterprise Agent Platform: -o project=NAME, or set "
                "GOOGLE_GENAI_USE_ENTERPRISE=true and GOOGLE_CLOUD_PROJECT"
            )
        self.endpoint = providers.endpoint(options.base_url)
        self._configs: dict[tuple[GeminiOptions, Want], Any] = {}

    async def connect(self) -> None:
        """Import the SDK and read the key; raises UsageError naming what is missing."""
        genai = providers.sdk("google.genai", extra="gemini")
        # If both variables are set, the SDK warns that it uses GOOGLE_API_KEY; it uses the key given below.
        logging.getLogger("google_genai").setLevel(logging.ERROR)
        self._types = genai.types
        self._account = await self._access()
        self._session = providers.guarded_session()
        self._client = genai.Client(
            **self._account.arguments(),
            http_options=self._types.HttpOptions(
                base_url=self.endpoint,
                api_version=self._options.api_version,
                timeout=round(self._options.timeout_s * 1000),
                # Without this, the SDK retries after a lost connection.
                retry_options=self._types.HttpRetryOptions(attempts=1),
                aiohttp_client=self._session,
            ),
        )
        self._files = providers.GeminiFiles(self._client, self._secret)
        self._making = providers.ImagenVeo(self._client, self._account, self.model)

    async def _access(self) -> providers.Account:
        options = self._options
        at = providers.place(options.enterprise, options.project, options.location)
        if at is not None:
            return await providers.account(at, self.endpoint, options.key_env)
        key = providers.key(*KEYS, provider="gemini", base_url=self.endpoint, host=HOST, named=options.key_env)
        return providers.Account(None, None, key, platform=False)

    @property
    def _secret(self) -> providers.Secret:
        return self._account.secret

    async def close(self) -> None:
        """Delete what was uploaded, and close the connections."""
        await self._files.close()
        await self._client.aio.aclose()
        await self._session.close()

    async def ask(self, request: Request, options: GeminiOptions) -> Reply:
        """Send one request; raises RetryableError or FatalError."""
        if _makes(self.model):
            return await self._making.image(request, options)
        content = await self._content(request.prompt)
        answer = await providers.call(
            self._send(content, options, request.want), secret=self._secret, body=lambda raw: raw.body or ""
        )
        read = providers.gemini_reply if request.want == "text" else providers.gemini_made
        return providers.shaped(read, answer.value, secret=self._secret, latency_s=answer.latency_s)

    def takes_long(self, request: Request) -> bool:
        """Films are made by operations."""
        return _makes(self.model) == "veo"

    async def start(self, request: Request, options: GeminiOptions) -> str | Reply:
        """Start a film; raises RetryableError or FatalError."""
        return await self._making.start(request, options)

    async def look(self, job: str, request: Request, options: GeminiOptions) -> Reply | None:
        """The film, or None while it is made; raises RetryableError or FatalError."""
        return await self._making.look(job, request, options)

    def normalize_options(self, options: GeminiOptions) -> GeminiOptions:
        """The options with what the environment says about the Agent Platform, so that the run records it."""
        at = providers.place(options.enterprise, options.project, options.location)
        if at is None:
            return options
        return replace(
            options,
            enterprise=True,
            project=at.project,
            location=at.location,
            base_url=at.url if options.base_url == GOOGLE else options.base_url,
            api_version="v1beta1" if options.api_version == "v1beta" else options.api_version,
        )

    def form(self, request: Request, options: GeminiOptions) -> Form:
        """The ratio of an image or a film, about how many pixels it has, and the length of a film."""
        if request.want == "video":
            return providers.film_form(options)
        within = 0.08 if _makes(self.model) else 0.04  # Imagen's 16:9 is 1408x768
        form = providers.gemini_form(options.ratio, options.image_size)
        return replace(form, within=within) if request.want == "image" else Form()

    @staticmethod
    def made(model: str, want: Want, text: str, options: GeminiOptions) -> Usage | None:
        """What one image or film is billed by; None where the rule is unknown."""
        del text
        if _makes(model) == "imagen":
            return Usage(images=1)
        if _makes(model) == "veo":
            return Usage(seconds=float(options.seconds or providers.FILM_SECONDS))
        return providers.gemini_made_tokens(model, want)

    @staticmethod
    def access(environment: Mapping[str, str]) -> tuple[bool, str]:
        """Whether something lets the models be asked, and what."""
        return providers.tell_access(environment)

    async def _send(self, content: Any, options: GeminiOptions, want: Want) -> Any:
        response = await self._client.aio.models.generate_content(
            model=self.model, contents=content, config=self._config(options, want)
        )
        return response.sdk_http_response

    async def _content(self, prompt: Prompt) -> Any:
        inline = sum(part.size for part in prompt if not isinstance(part, Text)) <= providers.INLINE
        return self._types.Content(role="user", parts=[await self._part(p, inline=inline) for p in prompt])

    async def _part(self, part: Part, *, inline: bool) -> Any:
        if isinstance(part, Text):
            return self._types.Part(text=part.text)
        if inline or isinstance(part, Image):
            made = self._types.Part.from_bytes(data=part.read(), mime_type=part.mime)
        elif self._options.enterprise:
            raise FatalError(
                f"the Agent Platform takes no uploads, and at most {providers.INLINE / 1e6:g} MB in a request; "
                "show it frames: --video frames=32",
                kind="unsupported",
            )
        else:
            made = self._types.Part.from_uri(file_uri=await self._files.uri(part), mime_type=part.mime)
        about = film(part)
        made.video_metadata = self._types.VideoMetadata(**about) if about else None
        return made

    def _config(self, options: GeminiOptions, want: Want) -> Any:
        if (options, want) not in self._configs:
            made = providers.gemini_modalities(
                want, ratio=options.ratio, image_size=options.image_size, voice=options.voice
            )
            self._configs[options, want] = self._types.GenerateContentConfig(
                **settings(options), **made, should_return_http_response=True, automatic_continuation=False
            )
        return self._configs[options, want]

    @staticmethod
    def image_tokens(model: str, width: int, height: int, options: GeminiOptions) -> int | None:
        """Input tokens of one image; None if the rule is unknown."""
        return providers.gemini_image_tokens(model, width, height, options.media_resolution)

    @staticmethod
    def clip_tokens(
        model: str, kind: Modality, seconds: float, fps: float | None, options: GeminiOptions
    ) -> int | None:
        """Input tokens of a film or a sound; None if the rule is unknown."""
        return providers.gemini_clip_tokens(model, kind, seconds, fps, options.media_resolution)

    async def submit(self, requests: Sequence[tuple[str, Request]], options: GeminiOptions) -> str:
        """Upload the requests as a file and start a batch job; the handle is its name."""
        if self._options.enterprise:
            raise FatalError("the Agent Platform takes batches from Cloud Storage alone; leave it out", kind="error")
        body = providers.Body()
        file = b"\n".join(
            body.dumps({"key": key, "request": _rest(request.prompt, options, body)}) for key, request in requests
        )
        about = {"mime_type": "application/jsonl"}
        uploading = self._client.aio.files.upload(file=io.BytesIO(file), config=about)
        name: str = await providers.fetch(uploading, secret=self._secret, read=lambda uploaded: uploaded.name)
        starting = self._client.aio.batches.create(model=self.model, src=name)
        handle: str = await providers.fetch(starting, secret=self._secret, read=lambda job: job.name)
        return self._secret.redact(handle)

    async def poll(self, handle: str) -> BatchState:
        """How far the job is."""
        job = await self._job(handle)
        name = job.state.name.removeprefix("JOB_STATE_") if job.state else ""
        note = job.error.message or name if job.error else name
        return BatchState(state=STATES.get(name, "running"), note=self._secret.scrub(note))

    async def collect(self, handle: str) -> AsyncIterator[tuple[str, Reply | AdapterError]]:
        """The content of the job's result file, by key."""
        job = await self._job(handle)
        downloading = self._client.aio.files.download(file=job.dest.file_name)
        text = await providers.fetch(downloading, secret=self._secret, read=bytes, limit=providers.MAX_BATCH)
        for line in providers.lines(text):
            yield str(line["key"]), _collected(line, self._secret)

    async def _job(self, handle: str) -> Any:
        getting = self._client.aio.batches.get(name=handle)
        return await providers.fetch(getting, secret=self._secret, read=lambda job: job)


def _makes(model: str) -> str | None:
    """`imagen` or `veo`, by the last part of a model's name; None for other models."""
    found = re.match(r"(imagen|veo)-", model.rpartition("/")[2])
    return found[1] if found else None


def _collected(line: dict[str, Any], secret: providers.Secret) -> Reply | AdapterError:
    if "response" not in line:
        return providers.said(line.get("error") or {}, secret=secret)
    return providers.collected(providers.gemini_reply, line["response"], secret=secret)


def _rest(prompt: Prompt, options: GeminiOptions, body: providers.Body) -> dict[str, Any]:
    """The request as JSON of the REST API."""
    parts = [
        {"text": p.text}
        if isinstance(p, Text)
        else {"inlineData": {"mimeType": p.mime, "data": body.media(p)}, **_camel(_metadata(p))}
        for p in prompt
    ]
    given = settings(options)
    system = given.pop("system_instruction", None)
    return {
        "contents": [{"role": "user", "parts": parts}],
        **({"systemInstruction": {"parts": [{"text": system}]}} if system else {}),
        "generationConfig": _camel(given),
    }


def film(part: Part) -> dict[str, Any]:
    """`videoMetadata`: the bounds of a clip, and the frames per second that its policy asks for."""
    if not isinstance(part, Video):
        return {}
    fps = part.policy.fps if isinstance(part.policy, VideoPolicy) else None
    offsets = {"start_offset": part.start, "end_offset": part.end}
    told = {name: f"{seconds:g}s" for name, seconds in offsets.items() if seconds is not None}
    return {**told, "fps": fps} if fps is not None else told


def _camel(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {re.sub("_(.)", lambda found: found[1].upper(), name): _camel(inner) for name, inner in value.items()}


def _metadata(part: Part) -> dict[str, Any]:
    about = film(part)
    return {"video_metadata": about} if about else {}


def settings(options: GeminiOptions) -> dict[str, Any]:
    """The SDK's config, without the options that are left to the provider."""
    thinking = {
        "thinking_budget": options.thinking_budget,
        "thinking_level": options.thinking_level and options.thinking_level.upper(),
        "include_thoughts": options.thoughts or None,
    }
    resolution = options.media_resolution
    given = {
        "system_instruction": options.system,
        "temperature": options.temperature,
        "top_p": options.top_p,
        "max_output_tokens": options.max_tokens,
        "seed": options.seed,
        "response_mime_type": "application/json" if options.schema else None,
        "response_json_schema": json.loads(options.schema) if options.schema else None,
        "thinking_config": providers.drop_none(thinking) or None,
        "media_resolution": f"MEDIA_RESOLUTION_{resolution.upper()}" if resolution else None,
    }
    return providers.drop_none(given)
