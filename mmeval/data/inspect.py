"""Check a benchmark's current data: every row, every declared column, every image."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from dataclasses import replace as _replace

from mmeval import media
from mmeval.data.pins import content_of, resolved
from mmeval.data.questions import KINDS, Questions, to_sample
from mmeval.data.samples import samples
from mmeval.definitions import Benchmark
from mmeval.errors import DataError, MediaError
from mmeval.scorers.routed import closed_number_or_text
from mmeval.types import Image, Sample

SHOWN = 20
"""Number of problems that are listed one by one."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """Number of rows, digest of the files, and one line per problem."""

    rows: int
    sha256: str
    problems: tuple[str, ...]
    kinds: str = ""
    """How many questions of a file are scored in which way."""


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
    return Inspection(rows, content_of(source, offline=offline), _shown(problems))


def inspect_questions(questions: Questions) -> Inspection:
    """As `inspect`, for a file of questions: every bad row is a problem, not only the first."""
    problems: list[str] = []
    kinds: Counter[str] = Counter()
    rows = 0
    try:
        for row in questions.checked():
            rows += 1
            if isinstance(row, DataError):
                problems.append(str(row))
                continue
            sample = to_sample(row)
            kinds[closed_number_or_text(sample)] += 1
            problems += _images(sample)
    except DataError as error:  # from here on the file cannot be read
        problems.append(str(error))
    told = ", ".join(f"{kinds[kind]} {name}" for kind, name in KINDS.items() if kinds[kind])
    return Inspection(rows, "" if problems else questions.digest(), _shown(problems), told)


def _shown(problems: list[str]) -> tuple[str, ...]:
    left = len(problems) - SHOWN
    return (*problems[:SHOWN], f"and {left} more") if left > 0 else tuple(problems)


def _images(sample: Sample) -> list[str]:
    problems: list[str] = []
    for part in sample.prompt:
        if isinstance(part, Image):
            try:
                media.check(part)
            except MediaError as error:
                problems.append(f"sample {sample.id}: {error}")
    return problems
