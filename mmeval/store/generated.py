"""Media that a model made: files named by their digest beside the run that asked for them."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mmeval.types import Audio, Image, Media, Video

__all__ = ["load_media", "media_reference", "save_media"]

FOLDER = "media"
_KINDS = {"image": Image, "audio": Audio, "video": Video}


def media_path(media: Media) -> Path:
    """`media/<sha256>.<ext>`, relative to the run folder."""
    return Path(FOLDER) / f"{media.sha256}{mimetypes.guess_extension(media.mime) or '.bin'}"


def save_media(folder: Path, media: Iterable[Media]) -> None:
    """Write each file that is missing, whole or not at all; raises OSError."""
    for one in media:
        path = folder / media_path(one)
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_bytes(one.read())
        os.replace(temporary, path)


def media_reference(media: Media) -> dict[str, Any]:
    """What a journal holds of one item: no bytes."""
    return {"kind": media.kind, "mime": media.mime, "sha256": media.sha256, "size": [media.width, media.height]}


def load_media(reference: Mapping[str, Any], folder: Path) -> Media:
    """The item that a reference of a run in `folder` stands for; raises KeyError or ValueError for a damaged one."""
    sha256 = str(reference["sha256"])
    if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
        raise ValueError(f"{sha256[:70]!r} is not a sha256 digest")
    width, height = reference["size"]
    made = _KINDS[reference["kind"]](None, str(reference["mime"]), sha256, "", width, height, Path())
    path = folder / media_path(made)
    return type(made)(None, made.mime, sha256, str(path), width, height, path)
