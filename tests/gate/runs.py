"""Stored runs made by hand: only what a comparison reads."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmeval import store
from mmeval.store import Run, RunInfo, ScoreRow, Spec

SPEC: dict[str, Any] = {
    "model": "mock/base",
    "benchmark": "quiz",
    "version": "1",
    "profile": "official",
    "endpoint": "local",
    "definition_digest": "a" * 64,
    "adapter_digest": "b" * 64,
    "scorer": "choice/official@1",
    "options": {"temperature": 0.0, "seed": None},
    "data": {"id": "drawn", "n": 1000},
}


def rows(scores: Sequence[float | None], *, clusters: int | None = None, status: str = "ok") -> list[ScoreRow]:
    """One row per score; None is a sample that failed."""
    return [
        ScoreRow(
            f"{i:05}",
            1,
            "error" if score is None else status,  # type: ignore[arg-type]
            score,
            None if score is None else "A",
            "rule",
            None if clusters is None else f"c{i // clusters}",
        )
        for i, score in enumerate(scores)
    ]


def write(folder: Path, found: Sequence[ScoreRow], *, status: str = "complete", metric: str = "", **spec: Any) -> Run:
    """A run folder below a results folder."""
    made = Spec(**{**SPEC, **spec})
    path = store.run_path(folder, made)
    path.mkdir(parents=True)
    counts: dict[Any, int] = {}
    for row in found:
        counts[row.status] = counts.get(row.status, 0) + 1
    info = RunInfo(  # type: ignore[arg-type]
        status=status,
        spec=made,
        planned=len(found),
        counts=counts,
        provenance={"mmeval": "0.1.0"},
        primary_metric=metric,
    )
    store.write_info(path, info)
    store.write_scores(store.Files(path).scores, found)
    return store.read_run(path)


def base_scores(n: int, *, right: float = 0.7, seed: int = 0) -> list[float]:
    """0/1 scores."""
    rng = random.Random(seed)
    return [float(rng.random() < right) for _ in range(n)]


def flipped(scores: Sequence[float], *, losses: int = 0, gains: int = 0, seed: int = 1) -> list[float]:
    """The same scores with so many right ones wrong and wrong ones right."""
    rng = random.Random(seed)
    lost = set(rng.sample([i for i, score in enumerate(scores) if score == 1], losses))
    won = set(rng.sample([i for i, score in enumerate(scores) if score == 0], gains))
    return [0.0 if i in lost else 1.0 if i in won else score for i, score in enumerate(scores)]
