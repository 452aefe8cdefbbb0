"""Media that a model made: files in the run folder, named by their digest."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mmeval.store.layout import Files
from mmeval.types import Audio, Image, Media, Video

__all__ = ["load_media", "media_reference", "save_media"]

_KINDS = {"image": Image, "audio": Audio, "video": Video}


def media_path(media: Media) -> Path:
    """`media/<sha256>.<ext>`, relative to the run folder."""
    return Files(Path()).media / f"{media.sha256}{mimetypes.guess_extension(media.mime) or '.bin'}"


def save_media(folder: Path, media: Iterable[Media]) -> None:
    """Write the files that are missing in a run folder, each whole or not at all; raises OSError."""
    for one in media:
        path = folder / media_path(one)
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_bytes(one.read())
        os.replace(temporary, path)


def media_reference(media: Media) -> dict[str, Any]:
    """One item as a journal stores it: what it is, and the digest that names its file."""
    return {"kind": media.kind, "mime": media.mime, "sha256": media.sha256, "size": [media.width, media.height]}


def load_media(reference: Mapping[str, Any], folder: Path) -> Media:
    """The inverse of media_reference for a run in `folder`; raises KeyError or ValueError for a damaged reference."""
    sha256 = str(reference["sha256"])
    if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
        raise ValueError(f"{sha256[:70]!r} is not a sha256 digest")
    width, height = reference["size"]
    made = _KINDS[reference["kind"]](None, str(reference["mime"]), sha256, "", width, height, Path())
    path = folder / media_path(made)
    return type(made)(None, made.mime, sha256, str(path), width, height, path)
