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


PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")
SOUNDS = (".wav", ".mp3", ".flac", ".ogg", ".m4a", ".aac", ".opus")
BOUNDS = {"start": ("video_start", "start"), "end": ("video_end", "end")}
"""Keys of a film that say where it is cut, in seconds."""


def media(value: Any) -> dict[str, Any]:
    """An image or a sound as bytes, a film as bytes or as a path; raises Fault for anything else."""
    if hasattr(value, "save") and hasattr(value, "convert"):
        out = io.BytesIO()
        value.save(out, format="PNG")
        return packed("image", out.getvalue())
    if isinstance(value, dict) and value.get("bytes"):
        return packed("audio" if "sampling_rate" in value else kind_of(value), value["bytes"])
    if isinstance(value, dict) and "array" in value:
        return packed("audio", wav(value["array"], int(value["sampling_rate"])))
    named = (
        next((value[key] for key in ("video_path", "path", "url", "video") if value.get(key)), None)
        if (isinstance(value, dict))
        else value
    )
    if isinstance(named, str | Path):
        kind = by_name(str(named))
        return film(Path(named), value) if kind == "video" else packed(kind, Path(named).read_bytes())
    raise Fault("media", f"it shows {short(value)}, which the bridge cannot send")


def by_name(name: str) -> str:
    """What a file is by its ending; as in lmms-eval, a film if it is not known."""
    suffix = Path(name).suffix.lower()
    return "image" if suffix in PICTURES else "audio" if suffix in SOUNDS else "video"


def kind_of(value: Mapping[str, Any]) -> str:
    """What an undecoded value of a column is: by its first bytes, because its name may be missing."""
    head = value["bytes"][:12]
    return "video" if head[4:8] == b"ftyp" or head[:4] == b"\x1aE\xdf\xa3" or head[8:11] == b"AVI" else "image"


def film(path: Path, value: Any) -> dict[str, Any]:
    """A film by its path, which the caller checks, with the ends of the clip."""
    if not path.is_file():
        raise Fault("media", f"there is no film {path.name}")
    ends = value if isinstance(value, dict) else {}
    cut = {end: float(ends[key]) for end, keys in BOUNDS.items() for key in keys if ends.get(key) is not None}
    return {"type": "video", "path": str(path.resolve()), **cut}


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
