"""Checkpoints in local folders, for adapters that load weights themselves or start a server that does."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mmeval.documents import read_json
from mmeval.errors import UsageError
from mmeval.types import Modality

ABOUT = (
    "config.json", "processor_config.json", "preprocessor_config.json", "video_preprocessor_config.json",
    "tokenizer_config.json",
)  # fmt: skip
MARKS: Mapping[Modality, Sequence[str]] = {
    "image": ("image", "vision"),
    "video": ("video",),
    "audio": ("audio", "speech", "feature_extractor"),
}
"""Parts of keys that only a checkpoint of that kind has."""
WHOLE = 1 << 24
"""A file of up to so many bytes is hashed as a whole; of a larger one, only as many at both ends."""


def checkpoint_folder(provider: str, model: str, *, index: str = "config.json") -> Path | None:
    """The folder that a model's name stands for, or None for a name on the hub.

    Args:
        provider: of the adapter, or an option and =, for messages; empty where a model has no provider.
        model: what stands behind it in a model's name.
        index: the file that every checkpoint of this kind has.

    Raises:
        UsageError: the folder holds no checkpoint, or the name could mean both a folder and a name on the hub.
    """
    before = provider if not provider or provider.endswith("=") else f"{provider}/"
    if not model.startswith((".", "/", "~")):
        if Path(model).is_dir():
            raise UsageError(f"{before}{model}: is a folder here; for it write {before}./{model}")
        return None
    folder = Path(model).expanduser()
    if not (folder / index).is_file():
        raise UsageError(f"{before}{model}: {folder} holds no checkpoint (no {index})")
    return folder


def checkpoint_digest(where: Path) -> str:
    """12 hexadecimal digits that change when the files of a folder do, or a file; part of the identity of a model."""
    digest = hashlib.sha256()
    for file in sorted(f for f in where.iterdir() if f.is_file()) if where.is_dir() else [where]:
        size = file.stat().st_size
        digest.update(f"{file.name}\0{size}\0".encode())
        with file.open("rb") as opened:
            digest.update(opened.read(WHOLE))
            if size > WHOLE:
                opened.seek(-min(WHOLE, size - WHOLE), os.SEEK_END)
                digest.update(opened.read())
    return digest.hexdigest()[:12]


def checkpoint_inputs(folder: Path) -> frozenset[Modality]:
    """What a checkpoint reads, as far as the keys in its files know: of a kind that they never mention, nothing."""
    said = " ".join(key for file in folder.glob("*.json") if file.name in ABOUT for key in _keys(file))
    told = {kind for kind, marks in MARKS.items() if any(mark in said for mark in marks)}
    return frozenset({"text", *told})


def _keys(file: Path) -> Iterator[str]:
    """The keys of a JSON file, at any depth."""
    try:
        left = [read_json(file, UsageError)]
    except UsageError:  # what is wrong is said when the checkpoint is loaded
        return
    while left:
        found = left.pop()
        if isinstance(found, dict):
            yield from map(str, found)
            left += found.values()
