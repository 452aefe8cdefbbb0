"""Pins: the first load writes revision, rows and digest to `benchmarks.lock`; later loads must match."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, ValidationError

from mmeval.data.samples import samples
from mmeval.definitions import Benchmark, Source
from mmeval.documents import read_toml
from mmeval.errors import DataError
from mmeval.types import JSON, Row

LOCK = Path("benchmarks.lock")
_HEAD = "# The data that each benchmark was first loaded from. `mmeval data update BENCHMARK` changes an entry.\n"


@runtime_checkable
class Pinnable(Protocol):
    """A source whose files can be fetched and verified."""

    def resolve(self) -> Source:
        """A copy with the commit and its files looked up; needs a network for hub data."""
        ...

    def pinned(self, pin: Mapping[str, Any]) -> Source:
        """A copy at the state of a lock entry."""
        ...

    def pin(self) -> dict[str, JSON]:
        """The lock entry of this source."""
        ...

    def fetch(self, *, offline: bool = False) -> list[str]:
        """Local paths of the files. Downloads missing ones; raises DataError when that fails."""
        ...


@runtime_checkable
class Composite(Protocol):
    """A source that combines others."""

    def sources(self) -> tuple[Source, ...]:
        """The parts."""
        ...

    def with_sources(self, sources: tuple[Source, ...]) -> Source:
        """A copy with other parts."""
        ...


class Entry(BaseModel):
    """One benchmark's table in the lock."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    version: str
    rows: int
    sha256: str
    """Digest of the contents of all files, in order."""
    sources: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Pinned:
    """A source that matches its lock entry."""

    source: Source = field(repr=False)
    entry: Entry

    @property
    def where(self) -> str | None:
        """The source's name in error messages."""
        return getattr(self.source, "where", None)

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the rows."""
        return self.source.rows(offline=offline)

    def describe(self) -> Mapping[str, JSON]:
        """The description of the source, with row count and content digest."""
        return {**self.source.describe(), "rows": self.entry.rows, "sha256": self.entry.sha256}


def pinned(benchmark: Benchmark, *, lock: Path = LOCK, offline: bool = False) -> Benchmark:
    """The benchmark with exactly the data of its lock entry. The first load creates the entry.

    A benchmark with generated data or a plain local file is returned unchanged.

    Raises:
        DataError: the data is not available, or differs from the lock or from the declared number of rows.
    """
    if isinstance(benchmark.data, Pinned) or not _leaves(benchmark.data):
        return benchmark
    entry = read_lock(lock).get(benchmark.name)
    with _named(benchmark):
        if entry is None or entry.version != benchmark.version:
            made, entry = first_load(benchmark, offline=offline)
            _check_rows(benchmark, entry)
            write_entry(lock, benchmark.name, entry)
            return made
        return _locked(benchmark, entry, lock, offline=offline)


def first_load(benchmark: Benchmark, *, offline: bool) -> tuple[Benchmark, Entry]:
    """Resolve and download the data and read every row once; returns the benchmark and its new lock entry."""
    if offline and any(not _local(leaf) for leaf in _leaves(benchmark.data)):
        raise DataError("not in the lock, and offline")
    source = resolved(benchmark.data)
    leaves = _leaves(source)
    digest = content_of(source, offline=offline)
    rows = sum(1 for _ in samples(replace(benchmark, data=source), offline=offline))
    pins = [leaf.pin() for leaf in leaves]
    entry = Entry(version=benchmark.version, rows=rows, sha256=digest, sources=pins)
    return replace(benchmark, data=Pinned(source, entry)), entry


def _locked(benchmark: Benchmark, entry: Entry, lock: Path, *, offline: bool) -> Benchmark:
    found = _leaves(benchmark.data)
    if len(found) != len(entry.sources):
        raise DataError(f"{lock} pins {len(entry.sources)} sources, the benchmark has {len(found)}")
    leaves = [leaf.pinned(pin) for leaf, pin in zip(found, entry.sources, strict=True)]
    source = _rebuilt(benchmark.data, leaves)
    digest = content_of(source, offline=offline)
    if digest != entry.sha256:
        raise DataError(
            f"the data has sha256 {digest[:16]}, {lock} pins {entry.sha256[:16]}; "
            f"`mmeval data update {benchmark.name}` accepts the new data"
        )
    return replace(benchmark, data=Pinned(source, entry))


def _check_rows(benchmark: Benchmark, entry: Entry) -> None:
    if benchmark.rows is not None and entry.rows != benchmark.rows:
        revisions = {str(pin.get("revision"))[:12] for pin in entry.sources if pin.get("revision")}
        at = f" at {', '.join(sorted(revisions))}" if revisions else ""
        raise DataError(
            f"{entry.rows} rows{at}, the benchmark declares {benchmark.rows}; "
            f"`mmeval data update {benchmark.name}` accepts the new data"
        )


def resolved(source: Source) -> Source:
    """A copy with all commits and file lists looked up; needs a network for hub data."""
    return _rebuilt(source, [leaf.resolve() for leaf in _leaves(source)])


def content_of(source: Source, *, offline: bool) -> str:
    """sha256 over the sha256 of each file, in order; raises DataError when a file is missing."""
    whole = hashlib.sha256()
    paths = (path for leaf in _leaves(source) for path in leaf.fetch(offline=offline))
    for path in dict.fromkeys(paths):  # several sources may share a folder
        with Path(path).open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def _leaves(source: Source) -> list[Any]:
    if isinstance(source, Composite):
        return [leaf for part in source.sources() for leaf in _leaves(part)]
    return [source] if isinstance(source, Pinnable) else []


def _rebuilt(source: Source, leaves: list[Any]) -> Source:
    """The same tree of sources with other leaves."""
    return _walk(source, iter(leaves))


def _walk(source: Source, leaves: Iterator[Any]) -> Source:
    if isinstance(source, Composite):
        return source.with_sources(tuple(_walk(part, leaves) for part in source.sources()))
    found: Source = next(leaves) if isinstance(source, Pinnable) else source
    return found


def _local(leaf: Any) -> bool:
    """Whether a source can be loaded without resolving it over the network."""
    return bool(getattr(leaf, "local", False))


class _named:  # noqa: N801 - a context manager
    """Add the benchmark's name to a DataError."""

    def __init__(self, benchmark: Benchmark) -> None:
        self.name = benchmark.name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, DataError):
            text = str(error).removeprefix(f"{self.name}: ")
            hint = f"; run `mmeval data fetch {self.name}` with a network" if text.endswith("and offline") else ""
            raise DataError(f"{self.name}: {text}{hint}") from None


def read_lock(lock: Path = LOCK) -> dict[str, Entry]:
    """All entries; raises DataError when the file is not valid."""
    if not lock.exists():
        return {}
    try:
        return {name: Entry.model_validate(table) for name, table in read_toml(lock, DataError).items()}
    except ValidationError as error:
        raise DataError(f"{lock}: {str(error).splitlines()[0]}") from None


def write_entry(lock: Path, name: str, entry: Entry) -> None:
    """Add or replace one entry. The file is replaced atomically; concurrent writers wait for each other."""
    with _held(lock.resolve().parent):
        entries = {**read_lock(lock), name: entry}
        text = _HEAD + "".join(_table(key, entries[key]) for key in sorted(entries))
        made = lock.with_name(f".{lock.name}.{os.getpid()}")
        made.write_text(text, encoding="utf-8")
        made.replace(lock)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold an exclusive lock on the folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _table(name: str, entry: Entry) -> str:
    lines = [f"\n[{json.dumps(name)}]", f"version = {json.dumps(entry.version)}", f"rows = {entry.rows}"]
    lines.append(f'sha256 = "{entry.sha256}"')
    for pin in entry.sources:
        lines.append(f"[[{json.dumps(name)}.sources]]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in pin.items() if value is not None]
    return "\n".join(lines) + "\n"
