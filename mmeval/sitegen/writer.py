"""Writes the files of the site that have changed and removes those that no page makes any more."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from mmeval.errors import UsageError
from mmeval.store import canonical, write_atomic


def digest(value: Any) -> str:
    """sha256 over canonical JSON: the key of what is made from these values."""
    return hashlib.sha256(canonical(value)).hexdigest()


class Writer:
    """Keeps a manifest: the key that each file of the site was made from.

    The manifest lies outside the published folder. A file whose key is unchanged is not made again.
    A file that is made again with the same bytes is not touched, so it keeps its time.
    """

    def __init__(self, out: Path, manifest: Path) -> None:
        self.out = out
        self.manifest = manifest
        self.old: dict[str, str] = _load(manifest)
        self.new: dict[str, str] = {}
        self.here: dict[str, frozenset[str] | None] = {}
        self.written = 0

    def fresh(self, file: str, key: str) -> bool:
        """Whether the file exists and was made from this key; if so, this build keeps it."""
        if self.old.get(file) == key and self._here(file):
            self.new[file] = key
            return True
        return False

    def _here(self, file: str) -> bool:
        """Whether a file is there; who asks for a second one in its folder gets the folder as it was then."""
        folder, _, name = file.rpartition("/")
        if folder not in self.here:
            self.here[folder] = None
            return os.path.isfile(f"{self.out}/{file}")
        listed = self.here[folder]
        if listed is None:
            listed = self.here[folder] = _files(f"{self.out}/{folder}")
        return name in listed

    def write(self, file: str, content: str | bytes, key: str = "") -> None:
        """Write one file if its bytes differ; raises UsageError if this build made another file of this name."""
        raw = content.encode("utf-8", "replace") if isinstance(content, str) else content
        key = key or hashlib.sha256(raw).hexdigest()
        if self.new.get(file, key) != key:
            raise UsageError(f"two pages write {file}")
        self.written += put(self.out / file, raw)
        self.new[file] = key

    def copy(self, file: str, source: Path) -> None:
        """Copy a file unless there is one of this name."""
        target = self.out / file
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        self.new[file] = "copy"

    def claim(self, files: Iterable[str], key: str) -> None:
        """Keep files that a worker process has written."""
        made = dict.fromkeys(files, key)
        self.new.update(made)
        self.written += len(made)

    def finish(self) -> int:
        """Remove the files of earlier builds that this one did not make, and return their number."""
        gone = [file for file in self.old if file not in self.new]
        for file in gone:
            (self.out / file).unlink(missing_ok=True)
        above = {folder for file in gone for folder in PurePosixPath(file).parents[:-1]}
        for folder in sorted((self.out / one for one in above), key=lambda p: -len(p.parts)):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        write_atomic(self.manifest, json.dumps(self.new, sort_keys=True))
        return len(gone)


def put(file: Path, raw: bytes) -> bool:
    """Write a file unless it has these bytes already; returns whether it was written."""
    name = os.fspath(file)  # a Path takes as long as the writing: a site has tens of thousands of files
    try:
        with open(name, "rb") as old:
            if old.read() == raw:
                return False
    except FileNotFoundError:
        os.makedirs(os.path.dirname(name), exist_ok=True)
    # In place, without a rename: a page that a crash left half is made again, since the manifest lacks its key.
    with open(name, "wb") as new:
        new.write(raw)
    return True


def _files(folder: str) -> frozenset[str]:
    try:
        with os.scandir(folder) as found:
            return frozenset(one.name for one in found if one.is_file())
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()


def _load(file: Path) -> dict[str, str]:
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {str(k): str(v) for k, v in raw.items()} if isinstance(raw, dict) else {}
