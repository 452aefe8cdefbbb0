"""The samples that are compared, with their media, as far as the benchmarks' data are on this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mmeval.arena.pairs import Pair
from mmeval.catalog import Catalog
from mmeval.data.samples import samples
from mmeval.errors import MMEvalError
from mmeval.types import Sample

__all__ = ["original_samples"]


def original_samples(pairs: Sequence[Pair], catalog: Catalog) -> Mapping[tuple[str, str], Sample]:
    """The samples of the pairs by benchmark and id; those whose data are not here, or have changed, are missing."""
    wanted: dict[str, set[str]] = {}
    for pair in pairs:
        wanted.setdefault(pair.question.run.info.spec.benchmark, set()).add(pair.question.sample)
    return {(name, one.id): one for name, ids in wanted.items() for one in _of(name, catalog) if one.id in ids}


def _of(name: str, catalog: Catalog) -> list[Sample]:
    try:
        return list(samples(catalog.benchmark(name), offline=True))
    except MMEvalError:
        return []
