"""Run folders: where they are, how they are written and read."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from mmeval.errors import StoreError
from mmeval.store import schema1
from mmeval.store.info import SCHEMA, RunInfo, Spec
from mmeval.store.lines import ScoreRow, read_records, read_scores
from mmeval.types import Record


@dataclass(frozen=True, slots=True)
class Run:
    """A run folder that was read and found whole."""

    path: Path
    info: RunInfo
    legacy_digest: str | None = None
    """Digest of the spec as it was stored, where that was in an older schema."""

    @property
    def spec_digest(self) -> str:
        """Digest of the spec as it was stored; the folder is named after it."""
        return self.legacy_digest or self.info.spec.digest

    def scores(self) -> Iterator[ScoreRow]:
        """The rows of scores.csv in file order."""
        return read_scores(self.path / "scores.csv")

    def records(self) -> Iterator[Record]:
        """The journal in the order of arrival; a torn last line is dropped."""
        return read_records(self.path / "records.jsonl")


@dataclass(frozen=True, slots=True)
class Problem:
    """A folder that looks like a run and cannot be used, with the reason."""

    path: Path
    reason: str


def asking_order(seed: int, key: str, cluster: str | None) -> tuple[bytes, str]:
    """Sort key of a random order of samples that only the seed decides; clusters stay together."""
    return hashlib.sha256(f"{seed}:{cluster or key}".encode("utf-8", "surrogatepass")).digest(), key


def slug(name: str) -> str:
    """A folder name for a model; what had to be changed is told apart by six hex digits."""
    plain = name.replace("/", "__")
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", plain).lstrip(".")[:80]
    return safe if safe == plain else f"{safe}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def benchmark_folder(spec: Spec) -> str:
    """`<benchmark>@<version>[+<variant>]`."""
    return f"{slug(spec.benchmark)}@{slug(spec.version)}" + (f"+{slug(spec.variant)}" if spec.variant else "")


def run_path(root: Path, spec: Spec) -> Path:
    """Where the run of this spec lives; the same spec always has the same folder."""
    return root / slug(spec.model) / benchmark_folder(spec) / spec.digest[:12]


@contextmanager
def replacing(path: Path) -> Iterator[IO[str]]:
    """A text file that is written aside, synced and renamed: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        # Half of a surrogate pair, which a model may well say, is no UTF-8: it is written as an escape.
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)  # a temporary file is private, a result is for everyone who may read the folder
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_atomic(path: Path, text: str) -> None:
    """Replace a file's text, whole or not at all."""
    with replacing(path) as file:
        file.write(text)


def write_info(folder: Path, info: RunInfo) -> None:
    """Replace run.json."""
    write_atomic(folder / "run.json", json.dumps(info.model_dump(mode="json"), indent=1, sort_keys=True) + "\n")


def read_run(folder: Path) -> Run:
    """Read run.json; raises StoreError that names the folder and the reason."""
    file = folder / "run.json"
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise StoreError(f"{folder}: no run.json") from None
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror or error}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise StoreError(f"{file}: not JSON: {error}") from None
    version = raw.get("schema_version") if isinstance(raw, dict) else None
    if version not in (1, SCHEMA):
        raise StoreError(f"{file}: schema version {version!r}; this mmeval reads 1 to {SCHEMA}")
    try:
        info = RunInfo.model_validate(schema1.upgrade(raw) if version == 1 else raw)
        return Run(folder, info, schema1.spec_digest(raw) if version == 1 else None)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise StoreError(f"{file}: {where}: {first['msg']}") from None


def list_runs(root: Path) -> tuple[list[Run], list[Problem]]:
    """All run folders below `root`, sorted by path, and those that cannot be read."""
    runs: list[Run] = []
    problems: list[Problem] = []
    for file in sorted(root.glob("*/*@*/*/")):
        if file.relative_to(root).parts[0] == "_samples":
            continue
        try:
            runs.append(read_run(file))
        except StoreError as error:
            problems.append(Problem(file, str(error)))
    return runs, problems


def samples_path(root: Path, info: RunInfo) -> Path:
    """The file of StoredSamples of a run; it may be absent where the licence forbids to share it."""
    return root / "_samples" / benchmark_folder(info.spec) / f"{info.samples_digest}.jsonl"


def thumbnail_path(root: Path, info: RunInfo, sha256: str) -> Path:
    """A small WebP picture of one image, where the licence allows it."""
    return root / "_samples" / benchmark_folder(info.spec) / "thumbs" / f"{sha256}.webp"
