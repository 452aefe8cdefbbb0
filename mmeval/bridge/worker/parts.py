"""Values of documents as parts of a prompt, and sounds as hooks expect them."""

from __future__ import annotations

import base64
import io
import wave
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .package import Fault

__all__ = ["heard", "media", "short", "spoken"]


def media(value: Any) -> dict[str, Any]:
    """An image or a sound as bytes; raises Fault for anything else."""
    if hasattr(value, "save") and hasattr(value, "convert"):
        out = io.BytesIO()
        value.save(out, format="PNG")
        return packed("image", out.getvalue())
    if isinstance(value, dict) and value.get("bytes"):
        return packed("audio" if "sampling_rate" in value else "image", value["bytes"])
    if isinstance(value, dict) and "array" in value:
        return packed("audio", wav(value["array"], int(value["sampling_rate"])))
    if isinstance(value, str) and Path(value).suffix.lower() in (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"):
        return packed("image", Path(value).read_bytes())
    raise Fault("media", f"it shows {short(value)}, which the bridge cannot send")


def packed(kind: str, data: bytes) -> dict[str, Any]:
    """A part of a prompt that holds bytes."""
    return {"type": kind, "data": base64.b64encode(data).decode()}


def short(value: Any) -> str:
    """A value for people, cut."""
    return repr(value)[:80]


def wav(array: Any, rate: int) -> bytes:
    """16-bit PCM of samples in [-1, 1]."""
    import numpy as np

    out, data = io.BytesIO(), np.atleast_2d(np.asarray(array, dtype=np.float64))
    with wave.open(out, "wb") as file:
        file.setnchannels(data.shape[0])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(data.T, -1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()


def heard(value: Any) -> Any:
    """A sound as hooks expect it, with its bytes kept; any other value as it is."""
    if not isinstance(value, dict) or set(value) != {"bytes", "path"} or not (value["bytes"] or value["path"]):
        return value
    import soundfile

    data = value["bytes"] or Path(value["path"]).read_bytes()
    array, rate = soundfile.read(io.BytesIO(data))
    return {"array": array.T, "sampling_rate": rate, "path": value["path"], "bytes": data}


def spoken(turn: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The parts of one turn; raises Fault for a turn of the model, because a sample is one question."""
    if turn["role"] not in ("user", "system"):
        raise Fault("media", "it has turns of the model, which the bridge cannot send")
    content = turn["content"]
    for part in [{"type": "text", "text": content}] if isinstance(content, str) else content:
        yield {"type": "text", "text": str(part["text"])} if part["type"] == "text" else media(part["url"])
