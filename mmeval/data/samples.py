"""Rows to samples, with the benchmark's `to_sample`. Errors name the benchmark, the row and the column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mmeval.data.repeats import Repeats
from mmeval.definitions import Benchmark, Source
from mmeval.errors import DataError, MMEvalError
from mmeval.types import Row, Sample, Text


def samples(benchmark: Benchmark, *, offline: bool = False) -> Iterator[Sample]:
    """Stream the samples of a benchmark. `to_sample` gets the number of the row as `row["row"]`.

    Raises:
        DataError: a row is not valid, or an id occurs twice.
    """
    seen = Repeats()
    try:
        for number, row in enumerate(benchmark.data.rows(offline=offline)):
            sample = _sample(benchmark, {"row": number, **row}, number)
            if sample is None:
                continue
            if seen.add(sample.id) > 1:
                raise DataError(f"row {number}: the id {sample.id!r} occurs twice")
            yield _sourced(sample, benchmark.data, number)
    except DataError as error:
        raise DataError(f"{benchmark.name}: {error}") from None


def _sample(benchmark: Benchmark, row: Row, number: int) -> Sample | None:
    try:
        return benchmark.to_sample(row)
    except MMEvalError:
        raise
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        described = benchmark.data.describe()
        where = f"{described.get('id') or described.get('path') or described.get('kind')}"
        revision = f"@{str(described['revision'])[:12]}" if described.get("revision") else ""
        reason = f"no column {error}" if isinstance(error, KeyError) else f"{type(error).__name__}: {error}"
        raise DataError(f"{where}{revision} row {number}: {reason}") from error


def _sourced(sample: Sample, source: Source, number: int) -> Sample:
    """The sample with the revision, row and column that its media came from."""
    where = getattr(source, "where", None)
    if where is None:
        return sample
    parts = (p if isinstance(p, Text) else replace(p, source=f"{where} row {number} {p.source}") for p in sample.prompt)
    return replace(sample, prompt=tuple(parts))
