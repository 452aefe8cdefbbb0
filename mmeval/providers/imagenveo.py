"""Images of Imagen and films of Veo, which `google-genai` offers on the Gemini Enterprise Agent Platform.

Sources: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api, .../veo-video-generation, and
.../image/responsible-ai-imagen for what its filters say.
"""

from __future__ import annotations

import re
import warnings
from importlib import import_module
from typing import Any, Protocol
from urllib.parse import quote

from mmeval.errors import FatalError, RetryableError
from mmeval.providers.agentplatform import Account
from mmeval.providers.body import drop_none
from mmeval.providers.calls import fetch
from mmeval.providers.links import MAX_MADE, download
from mmeval.providers.making import sized, text_and_images, text_of, unpacked
from mmeval.types import Form, Media, Reply, Request, Usage

__all__ = ["FILM_SECONDS", "ImagenVeo", "film_form"]

FILM_SECONDS = 8
"""Length of a film unless another one is asked for."""
STORAGE = "https://storage.googleapis.com"
SAFETY = re.compile(r"responsible ai|usage guidelines|safety (?:filter|settings)|support codes?:", re.IGNORECASE)
"""How the platform says that a filter has stopped a prompt."""
SIDES = {"720p": 720, "1080p": 1080, "4k": 2160}


class MakingOptions(Protocol):
    """The options that are read here; None = the provider's default."""

    @property
    def ratio(self) -> str | None: ...
    @property
    def image_size(self) -> str | None: ...
    @property
    def resolution(self) -> str | None: ...
    @property
    def seconds(self) -> int | None: ...
    @property
    def storage(self) -> str | None: ...
    @property
    def seed(self) -> int | None: ...


def film_form(options: MakingOptions) -> Form:
    """What a film with these options should be like."""
    size, side = sized(options.ratio), SIDES.get((options.resolution or "").lower())
    return Form(
        ratio=size[0] / size[1] if size else None,
        megapixels=side * side * 16 / 9 / 1e6 if side else None,
        seconds=float(options.seconds or FILM_SECONDS),
    )


class ImagenVeo:
    """Asks one model.

    Args:
        client: of `google-genai`, for the platform.
        account: with which it asks.
        model: as the platform knows it.
    """

    def __init__(self, client: Any, account: Account, model: str) -> None:
        self._client, self._account, self._model = client, account, model
        self._types: Any = import_module("google.genai.types")

    async def image(self, request: Request, options: MakingOptions) -> Reply:
        """One image; what a filter stopped is a Reply. Raises RetryableError or FatalError."""
        seed = _seed(request, options)
        config = {
            "number_of_images": 1,
            "aspect_ratio": options.ratio,
            "image_size": options.image_size,
            "seed": seed,
            "add_watermark": None if seed is None else False,  # with its watermark, it takes no seed
            "include_rai_reason": True,
        }
        prompt = text_of(request)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Google will close this API; until then it is the one for Imagen
            asking = self._client.aio.models.generate_images(
                model=self._model, prompt=prompt, config=self._types.GenerateImagesConfig(**drop_none(config))
            )
        try:
            one = await fetch(asking, secret=self._account.secret, read=_first_image)
        except FatalError as error:
            return self._stopped(error)
        if one.rai_filtered_reason:
            return self._filtered(one.rai_filtered_reason)
        made = unpacked("image", bytes(one.image.image_bytes))
        return Reply(text="", finish="stop", media=(made,), usage=Usage(images=1), model=self._model, seed=seed)

    async def start(self, request: Request, options: MakingOptions) -> str | Reply:
        """Start a film, and return the name of its operation; what a filter stopped is a Reply."""
        text, pictures = text_and_images(request)
        first = [self._types.Image(image_bytes=one.read(), mime_type=one.mime) for one in pictures]
        config = {
            "number_of_videos": 1,
            "duration_seconds": options.seconds or FILM_SECONDS,
            "aspect_ratio": options.ratio,
            "resolution": options.resolution,
            "seed": _seed(request, options),
            "output_gcs_uri": options.storage,
        }
        source = self._types.GenerateVideosSource(prompt=text, **({"image": first[0]} if first else {}))
        starting = self._client.aio.models.generate_videos(
            model=self._model, source=source, config=self._types.GenerateVideosConfig(**drop_none(config))
        )
        try:
            job: str = await fetch(starting, secret=self._account.secret, read=_operation)
        except FatalError as error:
            return self._stopped(error)
        return self._account.secret.redact(job)

    async def look(self, job: str, request: Request, options: MakingOptions) -> Reply | None:
        """What an operation has made, or None while it runs; what a filter stopped is a Reply."""
        named = self._types.GenerateVideosOperation(name=job)
        looking = self._client.aio.operations.get(named)
        found = await fetch(looking, secret=self._account.secret, read=lambda operation: operation, limit=MAX_MADE)
        if not found.done:
            return None
        if found.error:
            why = self._account.secret.scrub(f"the operation has failed: {found.error.get('message')}")
            return self._stopped(FatalError(why, kind="server"))
        videos = found.response.generated_videos if found.response else None
        if not videos or not videos[0].video:
            return self._none_made(found.response)
        made = await self._film(videos[0].video, options)
        used = Usage(seconds=float(options.seconds or FILM_SECONDS))
        return Reply(text="", finish="stop", media=(made,), usage=used, model=self._model, seed=_seed(request, options))

    def _none_made(self, response: Any) -> Reply:
        """A reply for an operation whose film a filter has held back; raises FatalError for another one."""
        if not getattr(response, "rai_media_filtered_count", None):
            raise FatalError("the operation has ended without a film", kind="malformed")
        return self._filtered("; ".join(response.rai_media_filtered_reasons or ["held back by a filter"]))

    async def _film(self, video: Any, options: MakingOptions) -> Media:
        """The film in an answer, or the one that it names in the storage that the options name."""
        if video.video_bytes:
            return unpacked("video", bytes(video.video_bytes))
        uri, storage = str(video.uri or ""), (options.storage or "").rstrip("/")
        if not storage or not uri.startswith(f"{storage}/"):
            raise FatalError("the answer holds no film, and names none in -o storage=", kind="malformed")
        if self._account.credentials is None:
            raise FatalError("-o storage: a key cannot read Cloud Storage; use a project", kind="permission")
        bucket, _, name = uri.removeprefix("gs://").partition("/")
        url = f"{STORAGE}/storage/v1/b/{quote(bucket, safe='')}/o/{quote(name, safe='')}?alt=media"
        secret = self._account.secret
        return await download("video", url, endpoint=STORAGE, secret=secret, token=secret.value)

    def _stopped(self, error: FatalError) -> Reply:
        """A reply for a prompt that a filter stopped; raises every other error."""
        if not SAFETY.search(str(error)):
            raise error
        return self._filtered(str(error))

    def _filtered(self, reason: str) -> Reply:
        return Reply(text=self._account.secret.scrub(reason), finish="filtered", model=self._model)


def _seed(request: Request, options: MakingOptions) -> int | None:
    """Each repetition draws from the next seed: the same one would draw the same again."""
    return None if options.seed is None else options.seed + request.epoch - 1


def _first_image(answer: Any) -> Any:
    first = next(iter(answer.generated_images or ()), None)
    if first is None or not (first.rai_filtered_reason or (first.image and first.image.image_bytes)):
        raise RetryableError("status 200 without an image", kind="malformed", status=200)
    return first


def _operation(answer: Any) -> str:
    if not answer.name:
        raise RetryableError("status 200 without an operation", kind="malformed", status=200)
    return str(answer.name)
