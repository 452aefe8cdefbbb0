"""Runway, through its SDK `runwayml`: runway/gen4.5 (films), runway/gen4_image (images).

The key is $RUNWAYML_API_SECRET.

A film begins with the image of its prompt; an image is made after up to three images of its prompt, or from them.
Everything is made by tasks, which are started once and looked at until they end.
"""

from __future__ import annotations

import base64
import importlib
from dataclasses import dataclass
from typing import Any

from mmeval import Capabilities, FatalError, Image, Options, Reply, Request, RetryableError, Text, Usage, providers
from mmeval.types import Form, Want

HOST = "api.dev.runwayml.com"
RUNWAY = f"https://{HOST}"
SECONDS = 5
RATIOS = {"image": "1024:1024", "video": "1280:720"}
WAITING, FAILED = ("PENDING", "THROTTLED", "RUNNING"), ("FAILED", "CANCELLED")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunwayOptions(Options):
    """Options of Runway's models."""

    ratio: str | None = None
    """Width and height, such as 1280:720; 1024:1024 for images and 1280:720 for films unless given."""
    seconds: int = SECONDS
    """Length of a film."""
    base_url: str = RUNWAY
    key_env: str | None = None
    """Environment variable that holds the key of another server."""
    timeout_s: float = 120.0


class Adapter:
    """Tasks that make images and films."""

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image"}),
        wants=frozenset({"image", "video"}),
        options=RunwayOptions,
        max_images=3,
        max_image_bytes=3_000_000,
        image_mimes=frozenset({"image/png", "image/jpeg", "image/webp"}),
        env="RUNWAYML_API_SECRET",
        extra="runway",
        sdk="runwayml",
        transport_options=frozenset({"timeout_s", "key_env"}),
        request_options=frozenset({"ratio", "seconds"}),
    )

    def __init__(self, model: str, options: RunwayOptions) -> None:
        self.model, self._options = model, options
        self.endpoint = providers.endpoint(options.base_url)

    async def connect(self) -> None:
        """Import the SDK and read the key; raises UsageError naming what is missing."""
        runwayml = providers.sdk("runwayml", extra="runway")
        self._secret = providers.key(
            "RUNWAYML_API_SECRET", provider="runway", base_url=self.endpoint, host=HOST, named=self._options.key_env
        )
        httpx = importlib.import_module("httpx")
        self._client = runwayml.AsyncRunwayML(
            api_key=self._secret.value or "none",
            base_url=self.endpoint,
            max_retries=0,
            timeout=self._options.timeout_s,
            http_client=httpx.AsyncClient(
                headers=providers.ACCEPTED, event_hooks={"response": [providers.guard_httpx]}, trust_env=True
            ),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def ask(self, request: Request, options: RunwayOptions) -> Reply:
        """Never called: tasks answer everything."""
        raise FatalError(f"{self.model} answers by tasks", kind="unsupported")

    def takes_long(self, request: Request) -> bool:
        """Everything is made by tasks."""
        del request
        return True

    async def start(self, request: Request, options: RunwayOptions) -> str:
        """Start a task; returns its id."""
        task = await providers.fetch(self._begin(request, options), secret=self._secret, read=_task)
        return self._secret.redact(str(task.id))

    def _begin(self, request: Request, options: RunwayOptions) -> Any:
        text = "\n".join(part.text for part in request.prompt if isinstance(part, Text))
        about: dict[str, Any] = {
            "model": self.model,
            "prompt_text": text,
            "ratio": options.ratio or RATIOS.get(request.want),
        }
        if options.seed is not None:
            about["seed"] = options.seed
        pictures = [part for part in request.prompt if isinstance(part, Image)]
        if request.want == "image":
            if pictures:
                about["reference_images"] = [{"uri": _data_url(one)} for one in pictures]
            return self._client.text_to_image.create(**about)
        if len(pictures) > 1:
            raise FatalError("a film begins with one image", kind="unsupported")
        if pictures:
            return self._client.image_to_video.create(
                **about, duration=options.seconds, prompt_image=_data_url(pictures[0])
            )
        return self._client.text_to_video.create(**about, duration=options.seconds)

    async def look(self, job: str, request: Request, options: RunwayOptions) -> Reply | None:
        """What a task has made, or None while it runs; what a filter stopped is a Reply."""
        task = await providers.fetch(self._retrieved(job), secret=self._secret, read=_task)
        status = str(getattr(task, "status", None))
        if status in WAITING:
            return None
        if status in FAILED:
            return self._failed(job, task)
        if status != "SUCCEEDED":
            raise RetryableError(self._secret.scrub(f"task {job} is {status}"), kind="malformed", status=200)
        url = str(next(iter(task.output or ()), ""))
        made = await providers.download(request.want, url, endpoint=self.endpoint, secret=self._secret)
        used = Usage(images=1) if request.want == "image" else Usage(seconds=float(options.seconds))
        return Reply(text="", finish="stop", media=(made,), usage=used, model=self.model, seed=options.seed)

    async def _retrieved(self, job: str) -> Any:
        return await self._client.tasks.retrieve(job)

    def _failed(self, job: str, task: Any) -> Reply:
        """A reply for a task that a filter stopped; raises FatalError for others."""
        code, why = str(getattr(task, "failure_code", None) or task.status), getattr(task, "failure", None) or ""
        if "SAFETY" in code:
            return Reply(text=self._secret.scrub(why), finish="filtered", model=self.model)
        raise FatalError(self._secret.scrub(f"task {job}: {code}: {why}"), kind="server")

    @staticmethod
    def form(request: Request, options: RunwayOptions) -> Form:
        """The ratio that was asked for, and the length of a film."""
        size = providers.sized(options.ratio or RATIOS.get(request.want))
        seconds = float(options.seconds) if request.want == "video" else None
        return Form(ratio=size[0] / size[1] if size else None, seconds=seconds)

    @staticmethod
    def made(model: str, want: Want, text: str, options: RunwayOptions) -> Usage:
        """Images are billed by number, films by length."""
        del model, text
        return Usage(images=1) if want == "image" else Usage(seconds=float(options.seconds))


def _task(answer: Any) -> Any:
    """A task as the SDK read it, which makes a task of anything; raises RetryableError (`malformed`) for no task."""
    if not isinstance(getattr(answer, "id", None), str):
        raise RetryableError("status 200, but the answer is not a task", kind="malformed", status=200)
    return answer


def _data_url(picture: Image) -> str:
    return f"data:{picture.mime};base64,{base64.b64encode(picture.read()).decode()}"
