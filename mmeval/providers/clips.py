"""Films and sounds in chat completions, as vLLM, SGLang and OpenAI's audio models take them."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from mmeval.errors import FatalError
from mmeval.providers.body import Body, drop_none
from mmeval.sampling import VideoPolicy
from mmeval.types import Audio, Prompt, Video

__all__ = ["audio_part", "media_io", "video_part"]

MOST = 200_000_000
"""Bytes of a film inside a request, which is built in memory."""
FORMATS = {"audio/wav": "wav", "audio/mpeg": "mp3"}
"""Sounds that OpenAI's own part takes."""


def audio_part(part: Audio, body: Body) -> dict[str, Any]:
    """A sound: `input_audio` where OpenAI has a name for its format, else `audio_url`, which vLLM and SGLang take."""
    known = FORMATS.get(part.mime)
    if known is None or not body.inline(part):
        return {"type": "audio_url", "audio_url": {"url": body.data_url(part)}}
    return {"type": "input_audio", "input_audio": {"data": body.media(part), "format": known}}


def video_part(part: Video, body: Body, *, uuid: bool) -> dict[str, Any]:
    """A film as `video_url`.

    Args:
        part: the film.
        body: encodes it.
        uuid: name it by its content and by which frames are asked for, so that a vLLM server prepares it once for all
            questions about it. The server trusts the name, and reuses what it made under it.

    Raises:
        FatalError: it is too large for a request.
    """
    if body.inline(part) and part.size > MOST:
        size = f"{part.size / 1e6:.0f} MB, more than {MOST // 1_000_000} MB in a request"
        raise FatalError(f"the film has {size}; show it frames: --video frames=32", kind="unsupported")
    asked = _asked(part)
    named = sha256(f"{part.sha256} {sorted(asked.items())}".encode()).hexdigest() if asked else part.sha256
    name = {"uuid": named} if uuid else {}
    return {"type": "video_url", "video_url": {"url": body.data_url(part)}, **name}


def media_io(prompt: Prompt) -> dict[str, Any] | None:
    """`media_io_kwargs`: which frames a vLLM server takes, where the policy of a film asks for some."""
    asked = next((_asked(part) for part in prompt if isinstance(part, Video)), None)
    return {"video": asked} if asked else None


def _asked(part: Video) -> dict[str, Any]:
    """How many frames of a film its policy asks a server for."""
    policy = part.policy
    return drop_none({"num_frames": policy.frames, "fps": policy.fps}) if isinstance(policy, VideoPolicy) else {}
