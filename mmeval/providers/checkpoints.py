"""Checkpoints in local folders, for adapters that load weights themselves or start a server that does."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from mmeval.errors import UsageError

WHOLE = 1 << 24
"""A file of up to so many bytes is hashed as a whole; of a larger one, only as many at both ends."""


def checkpoint_folder(provider: str, model: str) -> Path | None:
    """The folder that a model's name stands for, or None for a name on the hub.

    Raises:
        UsageError: the folder holds no checkpoint, or the name could mean both a folder and a name on the hub.
    """
    if not model.startswith((".", "/", "~")):
        if Path(model).is_dir():
            raise UsageError(f"{provider}/{model}: is a folder here; for it write {provider}/./{model}")
        return None
    folder = Path(model).expanduser()
    if not (folder / "config.json").is_file():
        raise UsageError(f"{provider}/{model}: {folder} holds no checkpoint (no config.json)")
    return folder


def checkpoint_digest(folder: Path) -> str:
    """12 hexadecimal digits that change when the files in the folder do; part of the identity of a model."""
    digest = hashlib.sha256()
    for file in sorted(f for f in folder.iterdir() if f.is_file()):
        size = file.stat().st_size
        digest.update(f"{file.name}\0{size}\0".encode())
        with file.open("rb") as opened:
            digest.update(opened.read(WHOLE))
            if size > WHOLE:
                opened.seek(-min(WHOLE, size - WHOLE), os.SEEK_END)
                digest.update(opened.read())
    return digest.hexdigest()[:12]
