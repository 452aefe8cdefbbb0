"""Caches scores that were read and checked as small files, so that the next build does not read them again."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from mmeval.board.cards import BenchmarkCard, benchmark_card
from mmeval.board.collect import read_checked
from mmeval.board.vectors import Vector, file_digest
from mmeval.catalog import Catalog
from mmeval.errors import StoreError
from mmeval.store import Number, Run, canonical, read_run, write_atomic

VERSION = 4
"""Raise it when the same files would be read or checked differently."""


class Reader:
    """Reads runs through a folder of cached vectors. A run that fails its checks is never cached."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self.names: dict[Path, Path] = {}

    def __call__(self, run: Run, card: BenchmarkCard) -> Vector:
        """The scores of a run; raises StoreError as `read_checked` does."""
        file = self.file(run, card)
        found = _load(file, self.cache)
        if found is not None:
            return found
        vector = read_checked(run, card)
        _keep(vector, file, self.cache)
        return vector

    def file(self, run: Run, card: BenchmarkCard) -> Path:
        """The cache file of a run, named after everything that its scores are read from."""
        if run.path not in self.names:
            self.names[run.path] = self._file(run, card)
        return self.names[run.path]

    def _file(self, run: Run, card: BenchmarkCard) -> Path:
        journal, samples = run.files.journal, run.samples()
        stat = journal.stat() if journal.exists() else None
        parts = [VERSION, run.info.model_dump_json(), file_digest(run.files.scores), card.digest]
        size = [stat.st_size, stat.st_mtime_ns] if stat else []
        tags = samples.stat().st_size if samples else None
        return self.cache / "runs" / f"{hashlib.sha256(canonical([parts, size, tags])).hexdigest()[:40]}.json"

    def missing(self, runs: Sequence[Run], catalog: Catalog) -> list[Path]:
        """Folders of the runs that are not cached yet, grouped by benchmark."""
        cards = {name: benchmark_card(name, catalog) for name in {run.info.spec.benchmark for run in runs}}
        found = [run.path for run in runs if not self.file(run, cards[run.info.spec.benchmark]).is_file()]
        return sorted(found, key=lambda folder: (folder.parent.name, folder))


def prime(folders: Sequence[Path], catalog: Catalog, cache: Path) -> None:
    """Read and cache some runs in a worker process; `collect` reports those that cannot be read."""
    reader = Reader(cache)
    for folder in folders:
        try:
            run = read_run(folder)
            reader(run, benchmark_card(run.info.spec.benchmark, catalog))
        except StoreError:
            continue


def _keep(vector: Vector, file: Path, cache: Path) -> None:
    shared = json.dumps([vector.ids, vector.clusters])
    name = hashlib.sha256(shared.encode("utf-8", "surrogatepass")).hexdigest()[:40]
    ids = cache / "ids" / f"{name}.json"
    if not ids.is_file():
        write_atomic(ids, shared)
    raw = {
        "ids": name,
        "values": base64.b64encode(vector.values.tobytes()).decode(),
        "outcomes": vector.outcomes,
        "answers": vector.answers,
        "counts": vector.counts,
        "rows": vector.rows,
        "digest": vector.digest,
        "mean": vector.mean,
        "missing": vector.missing,
        "gaps": base64.b64encode(vector.gaps.tobytes()).decode() if vector.missing else "",
        "wrong": vector.wrong,
        "metrics": {name: one.model_dump() for name, one in vector.counted_metrics.items()},
        "bounds": [one.model_dump() for one in vector.bounds] if vector.bounds else None,
        "pseudo": vector.pseudo,
        "latency": vector.latency,
    }
    write_atomic(file, json.dumps(raw))


def _load(file: Path, cache: Path) -> Vector | None:
    import numpy as np

    try:
        raw: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        ids, clusters = _ids(cache / "ids" / f"{raw.pop('ids')}.json")
    except (FileNotFoundError, ValueError):
        return None
    values = np.frombuffer(base64.b64decode(raw.pop("values")), dtype=np.float64)
    gaps = np.frombuffer(base64.b64decode(raw.pop("gaps")), dtype=np.float64)
    answers, pseudo, ends = (tuple(raw.pop(name) or ()) for name in ("answers", "pseudo", "bounds"))
    return Vector(
        ids=ids,
        clusters=clusters,
        values=values,
        gaps=gaps if gaps.size else np.zeros(len(ids)),
        answers=tuple(map(sys.intern, answers)),
        pseudo=pseudo,
        counted_metrics={name: Number(**one) for name, one in raw.pop("metrics").items()},
        bounds=(Number(**ends[0]), Number(**ends[1])) if ends else None,
        **raw,
    )


@lru_cache(maxsize=256)
def _ids(file: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids and clusters; runs that share them share one copy in memory."""
    ids, clusters = json.loads(file.read_text(encoding="utf-8"))
    return tuple(ids), tuple(clusters)
