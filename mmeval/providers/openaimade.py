"""Images and speech from servers that speak OpenAI's APIs.

Sources: https://platform.openai.com/docs/api-reference/images, .../audio/createSpeech, and the guide to the image
generation tool of the Responses API.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from mmeval.definitions import added
from mmeval.errors import FatalError, RetryableError
from mmeval.providers.body import Body, drop_none
from mmeval.providers.calls import fetch
from mmeval.providers.chat import ChatClient, ChatOptions
from mmeval.providers.links import MAX_MADE, download
from mmeval.providers.making import text_and_images, text_of, unpacked
from mmeval.types import Reply, Request, Usage

__all__ = ["MakingOptions", "OpenAIMaking", "made_tokens"]

IMAGE_TOKENS = {
    ("low", "square"): 272, ("low", "tall"): 408, ("low", "wide"): 400,
    ("medium", "square"): 1056, ("medium", "tall"): 1584, ("medium", "wide"): 1568,
    ("high", "square"): 4160, ("high", "tall"): 6240, ("high", "wide"): 6208,
}  # fmt: skip
"""Output tokens of an image of gpt-image-1 by quality and form.
Source: https://platform.openai.com/docs/guides/image-generation#cost-and-latency (2025-08)"""
VOICE = "alloy"
SPOKEN = 15
"""Characters in a second of English speech, for plans of models that are billed by its length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakingOptions(ChatOptions):
    """Options of images and speech; None = the server's default."""

    size: str | None = added(None)
    """Of an image, such as 1024x1024."""
    quality: str | None = added(None)
    """Of an image."""
    voice: str | None = added(None)
    """Of speech; alloy unless given."""
    speed: float | None = added(None)
    """Of speech; 1 is normal."""


class OpenAIMaking:
    """Asks one model of one server for images and speech.

    Args:
        client: of the server.
        endpoint: its base URL.
        model: as the server knows it.
    """

    def __init__(self, client: ChatClient, endpoint: str, model: str) -> None:
        self._client, self._endpoint, self._model = client, endpoint, model

    async def image(self, request: Request, options: MakingOptions) -> str | Reply:
        """One image from the images API, drawn from a text or changed from the images of the prompt.

        Returns:
            The reply; or, where the answer names an address instead of holding the image, a handle for `fetched`.

        Raises:
            RetryableError, FatalError: see `failure`.
        """
        text, pictures = text_and_images(request)
        given: dict[str, Any] = {"model": self._model, "prompt": text, "n": 1, "size": options.size,
                                 "quality": options.quality}  # fmt: skip
        if self._model.startswith("dall-e"):
            given["response_format"] = "b64_json"
        given, links = drop_none(given), list[str]()

        def read(value: dict[str, Any]) -> Reply:
            one = value["data"][0]
            if one.get("b64_json") is None:
                links.append(str(one["url"]))
            usage = value.get("usage") or {}
            used = Usage(input=usage.get("input_tokens"), output=usage.get("output_tokens"), images=1)
            made = (unpacked("image", one["b64_json"]),) if not links else ()
            return Reply(text="", finish="stop", media=made, usage=used, model=self._model)

        if pictures:
            files = [(f"{place}.{part.mime.partition('/')[2]}", part.read(), part.mime)
                     for place, part in enumerate(pictures, 1)]  # fmt: skip
            edits = self._client.sdk.images.with_raw_response
            reply = await self._client.read(edits.edit(image=files, **given), read)
        else:
            reply = await self._client.post(f"{self._endpoint}/images/generations", Body().dumps(given), read)
        if not links:
            return reply
        return self._client.secret.redact(json.dumps({"url": links[0], "usage": reply.usage.as_json()}))

    async def fetched(self, job: str) -> Reply:
        """The image at the address in a handle of `image`.

        Raises:
            RetryableError: it cannot be fetched now.
            FatalError: the address has expired, or the handle is damaged.
        """
        try:
            told = json.loads(job)
            url, used = str(told["url"]), Usage(**told["usage"])
        except (ValueError, KeyError, TypeError):
            raise FatalError("the job in the cache is damaged", kind="malformed") from None
        try:
            made = await download("image", url, endpoint=self._endpoint, secret=self._client.secret)
        except RetryableError as error:
            if error.kind == "expired":  # the next command asks for another image, which is paid for
                raise FatalError(str(error), kind="expired", status=error.status) from None
            raise
        return Reply(text="", finish="stop", media=(made,), usage=used, model=self._model)

    async def tool_image(self, request: Request, options: MakingOptions, payload: dict[str, Any], body: Body) -> Reply:
        """One image from the image generation tool of the Responses API."""
        tool = {"type": "image_generation", "size": options.size, "quality": options.quality}
        asked = {**payload, "tools": [drop_none(tool)], "tool_choice": {"type": "image_generation"}}

        def read(value: dict[str, Any]) -> Reply:
            calls = [item for item in value["output"] if item.get("type") == "image_generation_call"]
            made = tuple(unpacked("image", item["result"]) for item in calls if item.get("result"))[:1]
            texts = [part for item in value["output"] if item.get("type") == "message" for part in item["content"]]
            said = "".join(part.get("text") or part.get("refusal") or "" for part in texts)
            refused = not made and any(part.get("type") == "refusal" for part in texts)
            usage = value.get("usage") or {}
            used = Usage(input=usage.get("input_tokens"), output=usage.get("output_tokens"), images=len(made))
            return Reply(
                text=said, finish="refused" if refused else "stop", media=made, usage=used, model=value.get("model")
            )

        return await self._client.post(f"{self._endpoint}/responses", body.dumps(asked), read)

    async def speech(self, request: Request, options: MakingOptions) -> Reply:
        """A text spoken, as WAV."""
        text = text_of(request)
        given = {"instructions": options.system, "speed": options.speed}
        speaking = self._client.sdk.audio.speech.create(
            model=self._model, voice=options.voice or VOICE, input=text, response_format="wav", **drop_none(given)
        )
        try:
            data = await fetch(speaking, secret=self._client.secret, read=lambda said: said.content, limit=MAX_MADE)
        except FatalError as error:
            return _filtered(error)
        made = unpacked("audio", bytes(data))
        return Reply(text="", finish="stop", media=(made,), usage=Usage(characters=len(text)), model=self._model)


def _filtered(error: FatalError) -> Reply:
    """A reply for a prompt that a content filter stopped; raises every other error."""
    if error.kind != "filtered":
        raise error
    return Reply(text="", finish="filtered")


def made_tokens(model: str, want: str, text: str, options: MakingOptions) -> Usage | None:
    """What one reply is billed by; None where the provider's rule is unknown."""
    if want == "audio":
        return Usage(characters=len(text), seconds=len(text) / SPOKEN)
    if not model.startswith("gpt-image-1"):
        return Usage(images=1)
    if options.quality not in ("low", "medium", "high"):
        return None  # the model chooses
    width, _, height = (options.size or "1024x1024").partition("x")
    form = "square" if width == height else "tall" if int(width) < int(height) else "wide"
    return Usage(output=IMAGE_TOKENS[options.quality, form], images=1)
