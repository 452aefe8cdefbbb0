"""What ranks on a headline that is no mean cost: a column of 300 models x 1,000 samples, on one core.

python -m tests.perf.site_jackknife
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from mmeval.board.cards import BenchmarkCard
from mmeval.board.headlines import pseudo
from mmeval.board.vectors import Vector
from mmeval.metrics.aggregates import binary, circular, simpleqa_f1
from mmeval.metrics.base import Metric
from mmeval.stats.ranking import Table, rank
from mmeval.types import Record, Score

MODELS, SAMPLES, TIMED = 300, 1000, 10
Tags = Callable[[int], Mapping[str, str]]
CASES: tuple[tuple[str, Metric, tuple[str, ...], Tags], ...] = (
    ("circular", circular(), ("A", "B"), lambda i: {"group": str(i // 4), "group_size": "4", "category": f"c{i % 20}"}),
    ("f1", binary(), ("yes", "no"), lambda i: {"gold": "yes" if i % 2 else "no", "category": f"c{i % 3}"}),
    ("attempts", simpleqa_f1(), ("correct", "incorrect", "not attempted"), lambda i: {}),
)


def one_run(metric: Metric, answers: tuple[str, ...], tags: Tags, seed: int) -> tuple[float, ...]:
    draw = random.Random(seed)
    records = [
        Record(
            id=f"{i:04d}",
            epoch=0,
            status="ok",
            score=Score(value=float(draw.random() < 0.7), answer=draw.choice(answers)),
            cluster=str(i // 4),
            tags=tags(i),
        )
        for i in range(SAMPLES)
    ]
    values = np.array([r.score.value for r in records if r.score])
    ids, clusters = tuple(r.id for r in records), tuple(str(r.cluster) for r in records)
    definition: Any = SimpleNamespace(metric=metric)
    card = BenchmarkCard(name="x", title="x", group="x", definition=definition)
    return pseudo(Vector(ids, values, np.zeros(len(ids)), clusters, "", (), {}, SAMPLES, ""), card, records)


def main() -> None:
    for name, metric, answers, tags in CASES:
        start = time.perf_counter()
        made = [one_run(metric, answers, tags, seed) for seed in range(TIMED)]
        each = (time.perf_counter() - start) / TIMED
        scores = np.array([made[i % TIMED] for i in range(MODELS)]) + np.linspace(0, 0.3, MODELS)[:, None]
        start = time.perf_counter()
        rank([Table(scores)])
        print(
            f"{name}: {each * 1000:.0f} ms a run once, {each * MODELS:.0f} s a column; ranking {time.perf_counter() - start:.1f} s"
        )


if __name__ == "__main__":
    main()
