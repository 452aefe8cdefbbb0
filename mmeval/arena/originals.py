"""The samples that are compared, with their media, as far as the benchmarks' data are on this machine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress

from mmeval.arena.pairs import Pair
from mmeval.data.samples import samples
from mmeval.engine.options import Settings
from mmeval.errors import MMEvalError
from mmeval.runner.targets import job_of
from mmeval.store import Run
from mmeval.types import Sample

__all__ = ["original_samples"]


def original_samples(pairs: Sequence[Pair], settings: Settings) -> Mapping[tuple[str, str], Sample]:
    """The samples of the pairs by `Question.key`; those whose data are not here, or have changed, are missing."""
    wanted: dict[str, set[str]] = defaultdict(set)
    runs: dict[str, Run] = {}
    for pair in pairs:
        folder, sample = pair.question.key
        wanted[folder].add(sample)
        runs[folder] = pair.question.run
    return {(folder, one.id): one for folder, ids in wanted.items() for one in _of(runs[folder], settings, ids)}


def _of(run: Run, settings: Settings, ids: Collection[str]) -> Iterator[Sample]:
    """The samples with these ids, read no further than the last of them: the rows after it may take minutes to draw."""
    missing = set(ids)
    with suppress(MMEvalError):
        for one in samples(job_of(run, settings).benchmark, offline=True):
            if one.id in missing:
                yield one
                missing.remove(one.id)
            if not missing:
                return
