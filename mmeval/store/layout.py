"""Where everything lies in a results folder: folder names, file names, nothing else.

results/<model>/<benchmark>@<version>[+<variant>]/<run>/      one run: see `Files`
results/_samples/<benchmark>@<version>[+<variant>]/<digest>.jsonl        prompts, shared by the runs of all models
results/_samples/<benchmark>@<version>[+<variant>]/<digest>.local.jsonl  the same, where the licence forbids sharing
results/_samples/<benchmark>@<version>[+<variant>]/thumbs/<sha256>.webp, also .mp4, .wav and so on
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from mmeval.store.info import RunInfo, Spec

__all__ = [
    "SAMPLES", "Files", "benchmark_folder", "clip_name", "run_folders", "run_path", "samples_path", "slug",
    "strip_name", "strip_places", "thumbnail_path", "unpublished",
]  # fmt: skip

SAMPLES = "_samples"
TILES = 16
"""Most frames in a strip."""
LEFTOVERS = (
    ".samples.part", ".scores.csv.*", ".run.json.*", ".records.jsonl.*", "..batches.json.*", ".batches.[0-9]*",
    ".sort.*", "media/.*",
)  # fmt: skip
"""What a killed process may leave in a run folder: files that it had not finished, and room for sorting."""


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one run folder."""

    folder: Path

    @property
    def info(self) -> Path:
        """How the run was made and what it measured; a folder without it is not a run."""
        return self.folder / "run.json"

    @property
    def journal(self) -> Path:
        """Every reply in the order of arrival; append-only and not committed."""
        return self.folder / "records.jsonl"

    @property
    def scores(self) -> Path:
        """One small row per sample and epoch; committed."""
        return self.folder / "scores.csv"

    @property
    def media(self) -> Path:
        """A folder with what the model generated: `<sha256>.<ext>`."""
        return self.folder / "media"

    @property
    def batches(self) -> Path:
        """Handles of provider batches that are still under way."""
        return self.folder / ".batches.json"

    @property
    def samples_part(self) -> Path:
        """The samples that the run has read; moved to `samples_path` when the run completes."""
        return self.folder / ".samples.part"

    def shown(self) -> list[str]:
        """Paths of the files that pages are made from, beside run.json: scores, journal, and what was found about them.

        As text, since a Path takes longer to make than to look at.
        """
        folder = os.fspath(self.folder)
        return [f"{folder}/{name}" for name in ("scores.csv", "records.jsonl", "verified.json", "agreement.json")]

    @staticmethod
    def damaged(file: Path) -> Path:
        """Where the damaged content of one of these files is kept when the file itself is repaired."""
        return file.with_name(f"{file.name}.damaged")

    def clean(self) -> None:
        """Delete what a killed process left. The caller holds the lock of the run."""
        for path in [path for pattern in LEFTOVERS for path in self.folder.glob(pattern)]:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    @property
    def measures(self) -> Path:
        """Speed and price of an accepted baseline, whose journal is not committed."""
        return self.folder / "baseline.json"

    @property
    def verified(self) -> Path:
        """What `mmeval verify` found; committed."""
        return self.folder / "verified.json"

    @property
    def labelled(self) -> Path:
        """What human labels say about the judge of the run; committed."""
        return self.folder / "agreement.json"

    @property
    def signature(self) -> Path:
        """The digests of the other files, signed; committed."""
        return self.folder / "signature.json"


@lru_cache(maxsize=65536)
def slug(name: str) -> str:
    """A folder name for a model; six hex digits keep apart names that had to be changed."""
    plain = name.replace("/", "__")
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", plain).lstrip(".")[:80]
    return safe if safe == plain else f"{safe}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def benchmark_folder(spec: Spec) -> str:
    """`<benchmark>@<version>[+<variant>]`."""
    return f"{slug(spec.benchmark)}@{slug(spec.version)}" + (f"+{slug(spec.variant)}" if spec.variant else "")


def run_path(root: Path, spec: Spec) -> Path:
    """The folder of the run with this spec; the same spec always has the same folder."""
    return root / slug(spec.model) / benchmark_folder(spec) / spec.digest[:12]


def run_folders(root: Path) -> Iterator[Path]:
    """Every folder below `root` that lies where a run would lie, sorted."""
    yield from sorted(root / folder for folder in _below(os.fspath(root)))


def _below(root: str) -> Iterator[str]:
    """`<model>/<benchmark>@<version>/<run>` of every run; Path.glob takes three times as long."""
    for model in _folders(root):
        if model == SAMPLES:
            continue
        for benchmark in _folders(f"{root}/{model}"):
            if "@" in benchmark:
                yield from (f"{model}/{benchmark}/{run}" for run in _folders(f"{root}/{model}/{benchmark}"))


def _folders(above: str) -> list[str]:
    """Names of the folders in a folder, also where they are links; none of one that is not there."""
    try:
        with os.scandir(above) as found:
            return [one.name for one in found if one.is_dir()]
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return []


def samples_path(root: Path, info: RunInfo) -> Path:
    """The file of a run's StoredSamples that may be published; see `unpublished` for the others."""
    return root / SAMPLES / benchmark_folder(info.spec) / f"{info.samples_digest}.jsonl"


def unpublished(samples: Path) -> Path:
    """Where the samples of `samples` lie if the licence forbids sharing them; git ignores this file."""
    return samples.with_suffix(".local.jsonl")


class Clip(Protocol):
    """A film or sound, or its stored form."""

    @property
    def sha256(self) -> str | None:
        """Of the whole file."""
        ...

    @property
    def start(self) -> float | None:
        """Where the clip begins, in seconds."""
        ...

    @property
    def end(self) -> float | None:
        """Where it ends."""
        ...


def clip_name(clip: Clip) -> str:
    """How pictures of a clip are named: by the digest of its file, and of its bounds where it has any."""
    if clip.start is None and clip.end is None:
        return str(clip.sha256)
    return hashlib.sha256(f"{clip.sha256} {clip.start} {clip.end}".encode()).hexdigest()


def strip_name(sha256: str, at: Sequence[float]) -> str:
    """How the strip of the frames of a clip that a model saw is named: by its film, and by when they stand in it."""
    return hashlib.sha256(f"{sha256} {[round(second, 3) for second in at]}".encode()).hexdigest()


def strip_places(frames: int) -> list[int]:
    """Which of so many frames a strip shows: all, or `TILES` that are evenly spread."""
    return list(range(frames)) if frames <= TILES else [i * frames // TILES for i in range(TILES)]


def thumbnail_path(root: Path, info: RunInfo, sha256: str) -> Path:
    """A small WebP version of one image, where the licence allows it."""
    return root / SAMPLES / benchmark_folder(info.spec) / "thumbs" / f"{sha256}.webp"
