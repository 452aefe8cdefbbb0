"""Images and speech of Gemini models.

Sources: https://ai.google.dev/gemini-api/docs/image-generation, .../speech-generation
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from mmeval.animate import wav
from mmeval.errors import RetryableError
from mmeval.providers.body import drop_none
from mmeval.providers.google import gemini_reply
from mmeval.providers.making import sized, unpacked
from mmeval.types import Form, Media, Reply, Usage, Want

__all__ = ["gemini_form", "gemini_made", "gemini_made_tokens", "gemini_modalities"]

IMAGE_TOKENS = 1290
"""Output tokens of an image of gemini-2.5-flash-image."""
VOICE = "Kore"
_RATE = re.compile(r"rate=(\d{4,6})")


def gemini_modalities(want: Want, *, ratio: str | None, image_size: str | None, voice: str | None) -> dict[str, Any]:
    """What `generateContent` is told to answer with, where that is an image or speech."""
    if want == "text":
        return {}
    if want == "audio":
        chosen = {"voice_config": {"prebuilt_voice_config": {"voice_name": voice or VOICE}}}
        return {"response_modalities": ["AUDIO"], "speech_config": chosen}
    about = drop_none({"aspect_ratio": ratio, "image_size": image_size})
    return {"response_modalities": ["TEXT", "IMAGE"], **({"image_config": about} if about else {})}


def gemini_form(ratio: str | None, image_size: str | None) -> Form:
    """What an image with these options should be like: 16:9 comes as 1344x768, and 2K has about 2048x2048 pixels."""
    size, side = sized(ratio), re.fullmatch(r"(\d(?:\.\d)?)[kK]", image_size or "")
    return Form(
        ratio=size[0] / size[1] if size else None,
        megapixels=(1024 * float(side[1])) ** 2 / 1e6 if side and float(side[1]) else None,
    )


def gemini_made(value: dict[str, Any]) -> Reply:
    """The Reply of a GenerateContentResponse with the images and sounds in it; otherwise as `gemini_reply`."""
    reply = gemini_reply(value)
    first = (value.get("candidates") or [{}])[0]
    parts = (first.get("content") or {}).get("parts") or []
    blobs = [part["inlineData"] for part in parts if "inlineData" in part and not part.get("thought")]
    made = tuple(_media(blob) for blob in blobs)
    if made or reply.text or reply.finish != "stop":
        return _with(reply, made)
    raise RetryableError("status 200 without an image or a sound", kind="malformed", status=200)


def gemini_made_tokens(model: str, want: Want) -> Usage | None:
    """What one reply is billed by; None where that is unknown before it is made, as the length of speech is."""
    return Usage(images=1, output=IMAGE_TOKENS) if want == "image" and model.startswith("gemini-2.5") else None


def _with(reply: Reply, made: tuple[Media, ...]) -> Reply:
    images = sum(one.kind == "image" for one in made)
    return replace(reply, media=made[:1], usage=replace(reply.usage, images=images or None))


def _media(blob: dict[str, Any]) -> Media:
    """An image as it came; raw samples of speech (`audio/L16`) as WAV."""
    mime = str(blob.get("mimeType", ""))
    if not mime.startswith("audio/"):
        return unpacked("image", str(blob["data"]))
    made = unpacked("audio", str(blob["data"]))
    rate = _RATE.search(mime[:200])
    if "L16" not in mime and "pcm" not in mime:
        return made
    import numpy as np

    data = made.read()
    samples = np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2")
    return unpacked("audio", wav(samples, rate=int(rate[1]) if rate else 24_000))
