"""Files of the site, written only when they change; what no page claims any more is removed."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from mmeval.store import canonical, write_atomic


def digest(value: Any) -> str:
    """sha256 over canonical JSON: the key under which a page is up to date."""
    return hashlib.sha256(canonical(value)).hexdigest()


class Writer:
    """Keeps, beside the site, which key each file was made from.

    The manifest lies outside the published folder. A file whose key is unchanged is not made again;
    one that is made and has the same bytes is not touched, so its time stays.
    """

    def __init__(self, out: Path, manifest: Path) -> None:
        self.out = out
        self.manifest = manifest
        self.old: dict[str, str] = _load(manifest)
        self.new: dict[str, str] = {}
        self.written = 0

    def fresh(self, file: str, key: str) -> bool:
        """Whether the file exists as made from this key; then it is claimed for this build."""
        if self.old.get(file) == key and os.path.isfile(f"{self.out}/{file}"):
            self.new[file] = key
            return True
        return False

    def write(self, file: str, content: str | bytes, key: str = "") -> None:
        """Write one file if its bytes differ."""
        raw = content.encode("utf-8", "replace") if isinstance(content, str) else content
        self.written += put(self.out / file, raw)
        self.new[file] = key or hashlib.sha256(raw).hexdigest()

    def claim(self, files: dict[str, str]) -> None:
        """Take over files that a worker process has written."""
        self.new.update(files)
        self.written += len(files)

    def finish(self) -> int:
        """Remove what earlier builds made and this one did not; returns how many files went."""
        gone = [file for file in self.old if file not in self.new]
        for file in gone:
            (self.out / file).unlink(missing_ok=True)
        for folder in sorted({(self.out / f).parent for f in gone}, key=lambda p: -len(p.parts)):
            if folder.is_dir() and folder != self.out and not any(folder.iterdir()):
                folder.rmdir()
        write_atomic(self.manifest, json.dumps(self.new, sort_keys=True))
        return len(gone)


def put(file: Path, raw: bytes) -> bool:
    """Write a file unless it has these bytes already."""
    try:
        if file.read_bytes() == raw:
            return False
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
    # Not aside and renamed: a page that a crash left half is made again, since the manifest does not know its key.
    file.write_bytes(raw)
    return True


def _load(file: Path) -> dict[str, str]:
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {str(k): str(v) for k, v in raw.items()} if isinstance(raw, dict) else {}
