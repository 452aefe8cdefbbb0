"""The JSON of Gemini's generateContent, which two SDKs use."""

from __future__ import annotations

import math
from typing import Any

from mmeval.errors import RetryableError
from mmeval.types import Finish, Reply, Usage

_FILTERED = frozenset(
    {"SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "IMAGE_RECITATION"}
)


def gemini_reply(value: dict[str, Any]) -> Reply:
    """The Reply of a GenerateContentResponse; raises RetryableError (`malformed`) if it has no candidate.

    Source: https://ai.google.dev/api/generate-content#generatecontentresponse
    """
    blocked = (value.get("promptFeedback") or {}).get("blockReason")
    candidates = value.get("candidates") or []
    if not candidates and not blocked:
        raise RetryableError("status 200 without candidates", kind="malformed", status=200)
    first = candidates[0] if candidates else {}
    parts = (first.get("content") or {}).get("parts") or []
    return Reply(
        text="".join(part.get("text", "") for part in parts if not part.get("thought")),
        finish="filtered" if blocked else _finish(first.get("finishReason", "STOP")),
        reasoning="".join(part.get("text", "") for part in parts if part.get("thought")) or None,
        usage=_usage(value.get("usageMetadata") or {}),
        model=value.get("modelVersion"),
        request_id=value.get("responseId"),
    )


def gemini_image_tokens(model: str, width: int, height: int, resolution: str | None = None) -> int | None:
    """Input tokens of one image; None if the rule is unknown.

    Gemini 2: 258 up to 384 x 384 pixels, otherwise 258 per square tile with 1/1.5 of the shorter side.
    Gemini 3: depends only on `media_resolution`.

    Sources: https://ai.google.dev/gemini-api/docs/image-understanding,
    https://ai.google.dev/gemini-api/docs/media-resolution
    """
    if model.startswith("gemini-3"):
        return {None: 1120, "high": 1120, "medium": 560, "low": 280}.get(resolution)
    if not model.startswith("gemini-2"):
        return None
    if resolution is not None:
        return {"low": 64, "medium": 256}.get(resolution)
    if max(width, height) <= 384:
        return 258
    tile = max(1, math.floor(min(width, height) / 1.5))
    return 258 * math.ceil(width / tile) * math.ceil(height / tile)


def gemini_clip_tokens(
    model: str, kind: str, seconds: float, fps: float | None, resolution: str | None = None
) -> int | None:
    """Input tokens of a film (its frames, 1 per second unless asked otherwise, and its sound) or of a sound.

    None where the rule is unknown. A frame is 258 tokens for Gemini 2, or 66 at low resolution, and 70 for Gemini 3,
    or 280 at high resolution. Sound is 32 per second.

    Sources: https://ai.google.dev/gemini-api/docs/video-understanding, https://ai.google.dev/gemini-api/docs/audio,
    https://ai.google.dev/gemini-api/docs/media-resolution
    """
    new = model.startswith("gemini-3")
    if not new and not model.startswith("gemini-2"):
        return None
    frames = math.ceil(seconds * (fps or 1.0)) if kind == "video" else 0
    each = (280 if resolution == "high" else 70) if new else (66 if resolution == "low" else 258)
    return frames * each + math.ceil(32 * seconds)


def _finish(reason: str) -> Finish:
    if reason in _FILTERED:
        return "filtered"
    return "length" if reason == "MAX_TOKENS" else "stop"


def _usage(usage: dict[str, Any]) -> Usage:
    answer, thoughts = usage.get("candidatesTokenCount"), usage.get("thoughtsTokenCount")
    return Usage(
        input=usage.get("promptTokenCount"),
        # Thoughts are billed as output, but reported separately.
        output=None if answer is None and thoughts is None else (answer or 0) + (thoughts or 0),
        reasoning=thoughts,
        cached=usage.get("cachedContentTokenCount"),
    )
