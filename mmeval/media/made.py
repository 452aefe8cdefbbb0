"""Media that a model made: checked when they arrive, then files that are named by their digest."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from typing import Any, TypeVar

from mmeval.errors import FormError, MediaError
from mmeval.media.decoder import Job, decoder
from mmeval.media.films import audio, video
from mmeval.media.images import image, intact
from mmeval.parts import Audio, Form, Image, Media, Video
from mmeval.sampling import AudioPolicy

__all__ = ["inspect", "load", "of_kind", "reference", "save", "seconds_of"]

M = TypeVar("M", bound=Media)
ANY = Form()
KINDS = {"image": Image, "audio": Audio, "video": Video}
OPENED: Mapping[str, Callable[[bytes | Path], Image | Audio | Video]] = {"image": image, "audio": audio, "video": video}
ENDINGS = {"audio/wav": ".wav", "audio/mp4": ".m4a", "audio/flac": ".flac", "image/webp": ".webp"}
"""Of types that some versions of Python do not know."""


def of_kind(kind: str, content: bytes | Path) -> Image | Audio | Video:
    """An image, sound or film from its bytes or its file; nothing is checked but the type."""
    return OPENED[kind](content)


def inspect(media: M, asked: Form = ANY) -> M:
    """What a model made, with its size in pixels; this decodes, so call it in a thread.

    Args:
        media: what arrived.
        asked: the size and the length that it should have.

    Raises:
        MediaError: it is empty, cut short, or not what its kind says, such as an error page instead of an image.
        FormError: it has another size or length.
    """
    name = media.source or f"the {media.kind}"
    if not media.size:
        raise MediaError(f"{name}: empty")
    if isinstance(media, Image):
        intact(media)
        return _in_form(media, asked, None)
    if media.mime == "audio/wav":
        _whole(media.read(), name)
    if isinstance(media, Audio):
        return _in_form(media, asked, seconds_of(media))
    facts = decoder().want(Job("probe", replace(media, source=name))).result().meta
    if facts["width"] is None:
        raise MediaError(f"{name}: no film in it")
    return _in_form(replace(media, width=facts["width"], height=facts["height"]), asked, facts["seconds"])


def seconds_of(sound: Audio) -> float:
    """How long a sound is, which is decoded: headers lie, and judges need it decoded anyway. Raises MediaError."""
    named = replace(sound, source=sound.source or "the audio")
    return float(decoder().want(Job("sound", named, AudioPolicy().describe())).result().meta["seconds"])


def _in_form(media: M, asked: Form, seconds: float | None) -> M:
    differs = asked.differs(media.width, media.height, seconds)
    if differs:
        raise FormError(f"{media.source or f'the {media.kind}'} has {differs}")
    return media


STREAMED = 0x7FFF0000
"""From this size on, the head of a WAV file was written before the length of the sound was known."""


def _whole(data: bytes, name: str) -> None:
    """Raise MediaError for a WAV file with less sound than its head says; decoders play what there is."""
    at = 12
    while at + 8 <= len(data) and data[:4] == b"RIFF":
        chunk, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if chunk == b"data":
            if len(data) - at - 8 < size < STREAMED:
                raise MediaError(f"{name}: cut short: {len(data) - at - 8:,} of {size:,} bytes of sound")
            return
        at += 8 + size + size % 2


def file_name(media: Media) -> str:
    """`<sha256>.<ext>`."""
    return media.sha256 + (ENDINGS.get(media.mime) or mimetypes.guess_extension(media.mime) or ".bin")


def save(folder: Path, media: Iterable[M]) -> tuple[M, ...]:
    """Write the files that are missing in a folder, each whole or not at all, and refer to them; raises OSError."""
    return tuple(_saved(folder / file_name(one), one) for one in media)


def _saved(path: Path, media: M) -> M:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{token_hex(4)}")  # other threads may be saving the same
        temporary.write_bytes(media.read())
        os.replace(temporary, path)
    return replace(media, data=None, path=path, source=str(path))


def reference(media: Media) -> dict[str, Any]:
    """One item as journals and the cache store it: what it is, and the digest that names its file."""
    return {"kind": media.kind, "mime": media.mime, "sha256": media.sha256, "size": [media.width, media.height]}


def load(reference: Mapping[str, Any], folder: Path) -> Media:
    """The inverse of `reference` for files in a folder; raises KeyError or ValueError for a damaged reference."""
    sha256 = str(reference["sha256"])
    if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
        raise ValueError(f"{sha256[:70]!r} is not a sha256 digest")
    width, height = reference["size"]
    made = KINDS[reference["kind"]](None, str(reference["mime"]), sha256, "", width, height, Path())
    path = folder / file_name(made)
    return replace(made, source=str(path), path=path)
