"""Files that are replaced as a whole: a reader sees the old content or the new one, never a mixture."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

__all__ = ["copy_atomic", "replacing", "write_atomic"]


@contextmanager
def replacing(path: Path) -> Iterator[IO[str]]:
    """A text file to write; it is synced and takes the place of `path` when the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        # Models do write lone surrogates, which UTF-8 cannot hold: they are written as escapes.
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)  # mkstemp makes private files; a result is for everyone who may read the folder
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def copy_atomic(source: Path, path: Path) -> None:
    """Replace a file with a copy of another one, byte by byte."""
    with replacing(path) as file, source.open("rb") as original:
        shutil.copyfileobj(original, file.buffer)  # type: ignore[attr-defined]


def write_atomic(path: Path, text: str) -> None:
    """Replace the text of a file, whole or not at all."""
    with replacing(path) as file:
        file.write(text)
