"""Resolve names on the command line: benchmarks, suites and files of questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from mmeval.definitions import Benchmark
from mmeval.engine.options import Settings
from mmeval.errors import CatalogError, UsageError, nearest
from mmeval.runner.plan import Job
from mmeval.store import canonical

__all__ = ["job", "jobs"]

FILES = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet")


def jobs(names: Sequence[str], settings: Settings) -> list[Job]:
    """All benchmarks that the names refer to, without duplicates.

    Raises:
        CatalogError: no benchmark, suite or file has that name. The message suggests the nearest names.
    """
    found = [made for name in names for made in _jobs(name, settings)]
    unique = {(made.benchmark.name, made.benchmark.version, made.limit, made.profile): made for made in found}
    return list(unique.values())


def _jobs(name: str, settings: Settings) -> Iterable[Job]:
    if Path(name).suffix.lower() in FILES:
        return [_file(Path(name), settings)]
    benchmarks, suites = settings.catalog.benchmarks(), settings.catalog.suites()
    if name in benchmarks:
        return [job(name, settings)]
    if name in suites:
        return _suite(name, settings)
    raise CatalogError(_unknown(name, [*benchmarks, *suites]))


def _unknown(name: str, known: Sequence[str]) -> str:
    path = Path(name)
    if path.is_file():
        return f"{name}: not a file of questions that mmeval reads; save it as {', '.join(FILES)}"
    if path.suffix and len(path.parts) > 1:
        return f"{name}: no such file"
    return f"no benchmark, suite or file {name!r}{nearest(name, known)}; see `mmeval list benchmarks`"


def job(benchmark: str | Benchmark, settings: Settings) -> Job:
    """The job of a benchmark, by name or by value. A value's digest covers its name, version and data description."""
    if isinstance(benchmark, str):
        found = settings.catalog.definition("benchmarks", benchmark)
        return Job(benchmark=settings.catalog.benchmark(benchmark), digest=found.digest, file_digest=found.file_digest)
    about = {"name": benchmark.name, "version": benchmark.version, "data": dict(benchmark.data.describe())}
    return Job(benchmark=benchmark, digest=sha256(canonical(about)).hexdigest())


def _file(path: Path, settings: Settings) -> Job:
    if not path.exists():
        raise UsageError(f"{path}: no such file")
    made: Benchmark = import_module("mmeval.data").from_file(path, columns=settings.columns)
    return job(made, settings)


def _suite(name: str, settings: Settings) -> Iterable[Job]:
    table = settings.catalog.suite(name)
    members: Any = table.get("benchmarks")
    if not isinstance(members, list) or not members:
        raise CatalogError(f"suite {name!r}: `benchmarks` must be a list of names")
    for member in members:
        entry: dict[str, Any] = {"name": member} if isinstance(member, str) else dict(member)
        made = job(str(entry["name"]), settings)
        yield Job(
            benchmark=made.benchmark,
            digest=made.digest,
            file_digest=made.file_digest,
            limit=entry.get("limit", table.get("limit")),
            profile=entry.get("profile"),
        )
