"""Check a benchmark's current data: every row, every declared column, every image."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace as _replace

from mmeval import media
from mmeval.data.pins import content_of, resolved
from mmeval.data.samples import samples
from mmeval.definitions import Benchmark
from mmeval.errors import DataError, MediaError
from mmeval.types import Image, Sample

SHOWN = 20
"""Number of problems that are listed one by one."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """Number of rows, digest of the files, and one line per problem."""

    rows: int
    sha256: str
    problems: tuple[str, ...]


def inspect(benchmark: Benchmark, *, offline: bool = False) -> Inspection:
    """Read all rows and images and collect the problems. Raises DataError when the data cannot be read at all."""
    source = benchmark.data if offline else resolved(benchmark.data)
    problems: list[str] = []
    rows = 0
    try:
        for sample in samples(_replace(benchmark, data=source), offline=offline):
            rows += 1
            problems += _images(sample)
    except DataError as error:
        problems.append(str(error).removeprefix(f"{benchmark.name}: "))
    else:
        if benchmark.rows is not None and rows != benchmark.rows:
            problems.append(f"{rows} rows, the benchmark declares {benchmark.rows}")
    left = len(problems) - SHOWN
    shown = [*problems[:SHOWN], f"and {left} more"] if left > 0 else problems
    return Inspection(rows, content_of(source, offline=offline), tuple(shown))


def _images(sample: Sample) -> list[str]:
    problems: list[str] = []
    for part in sample.prompt:
        if isinstance(part, Image):
            try:
                media.check(part)
            except MediaError as error:
                problems.append(f"sample {sample.id}: {error}")
    return problems
