"""Pins: the first load writes revision, rows and digest to `benchmarks.lock`; later loads refuse what differs."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, ValidationError

from mmeval.data.samples import samples
from mmeval.definitions import Benchmark, Source
from mmeval.errors import DataError
from mmeval.types import JSON, Row

LOCK = Path("benchmarks.lock")
_HEAD = (
    "# Which data every benchmark was first loaded from. `mmeval data update BENCHMARK` moves an entry on purpose.\n"
)


@runtime_checkable
class Pinnable(Protocol):
    """A source whose content can be brought to this machine and told by its files."""

    def resolve(self) -> Source:
        """With what is not known without a network: the commit and its files."""
        ...

    def pinned(self, pin: Mapping[str, Any]) -> Source:
        """At what a lock says."""
        ...

    def pin(self) -> dict[str, JSON]:
        """What a lock has to say."""
        ...

    def fetch(self, *, offline: bool = False) -> list[str]:
        """Local paths of the files, brought here where they are missing; raises DataError."""
        ...


@runtime_checkable
class Composite(Protocol):
    """A source made of sources."""

    def sources(self) -> tuple[Source, ...]:
        """The parts."""
        ...

    def with_sources(self, sources: tuple[Source, ...]) -> Source:
        """The same over other parts."""
        ...


class Entry(BaseModel):
    """One benchmark's table in the lock."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    version: str
    rows: int
    sha256: str
    """Of the contents of all files, in their order."""
    sources: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Pinned:
    """A source that was verified against its entry in the lock."""

    source: Source = field(repr=False)
    entry: Entry

    @property
    def where(self) -> str | None:
        """What an error names."""
        return getattr(self.source, "where", None)

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the rows."""
        return self.source.rows(offline=offline)

    def describe(self) -> Mapping[str, JSON]:
        """What the source says, with rows and content digest."""
        return {**self.source.describe(), "rows": self.entry.rows, "sha256": self.entry.sha256}


def pinned(benchmark: Benchmark, *, lock: Path = LOCK, offline: bool = False) -> Benchmark:
    """The benchmark over exactly the data of the lock; the first load resolves and writes it.

    Benchmarks whose data is drawn or lies in a plain file of the user's come back as they are.

    Raises:
        DataError: the data cannot be had, or differs from the lock or from the rows that the file promises.
    """
    if isinstance(benchmark.data, Pinned) or not _leaves(benchmark.data):
        return benchmark
    entry = read_lock(lock).get(benchmark.name)
    with _named(benchmark):
        if entry is None or entry.version != benchmark.version:
            made, entry = first_load(benchmark, offline=offline)
            _promised(benchmark, entry)
            write_entry(lock, benchmark.name, entry)
            return made
        return _locked(benchmark, entry, lock, offline=offline)


def first_load(benchmark: Benchmark, *, offline: bool) -> tuple[Benchmark, Entry]:
    """Resolve, download, read every row once, and say what was found."""
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
            f"`mmeval data update {benchmark.name}` accepts it on purpose"
        )
    return replace(benchmark, data=Pinned(source, entry))


def _promised(benchmark: Benchmark, entry: Entry) -> None:
    if benchmark.rows is not None and entry.rows != benchmark.rows:
        revisions = {str(pin.get("revision"))[:12] for pin in entry.sources if pin.get("revision")}
        at = f" at {', '.join(sorted(revisions))}" if revisions else ""
        raise DataError(
            f"{entry.rows} rows{at}, the benchmark promises {benchmark.rows}; "
            f"`mmeval data update {benchmark.name}` accepts it on purpose"
        )


def resolved(source: Source) -> Source:
    """The same with every commit and file list looked up; needs a network for hub data."""
    return _rebuilt(source, [leaf.resolve() for leaf in _leaves(source)])


def content_of(source: Source, *, offline: bool) -> str:
    """sha256 over the sha256 of every file, in order; raises DataError where one is missing."""
    whole = hashlib.sha256()
    paths = (path for leaf in _leaves(source) for path in leaf.fetch(offline=offline))
    for path in dict.fromkeys(paths):  # several sources may lie in one folder
        with Path(path).open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def _leaves(source: Source) -> list[Any]:
    if isinstance(source, Composite):
        return [leaf for part in source.sources() for leaf in _leaves(part)]
    return [source] if isinstance(source, Pinnable) else []


def _rebuilt(source: Source, leaves: list[Any]) -> Source:
    """The same tree over other leaves; the list is used up from its front."""
    return _walk(source, iter(leaves))


def _walk(source: Source, leaves: Iterator[Any]) -> Source:
    if isinstance(source, Composite):
        return source.with_sources(tuple(_walk(part, leaves) for part in source.sources()))
    found: Source = next(leaves) if isinstance(source, Pinnable) else source
    return found


def _local(leaf: Any) -> bool:
    """Whether it can be loaded without ever having been resolved over a network."""
    return bool(getattr(leaf, "local", False))


class _named:  # noqa: N801 - a context manager
    """Name the benchmark in a DataError that does not yet."""

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
    """All entries; raises DataError that names the file."""
    if not lock.exists():
        return {}
    try:
        tables = tomllib.loads(lock.read_text(encoding="utf-8"))
        return {name: Entry.model_validate(table) for name, table in tables.items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError, OSError) as error:
        raise DataError(f"{lock}: {str(error).splitlines()[0]}") from None


def write_entry(lock: Path, name: str, entry: Entry) -> None:
    """Add or replace one entry; a reader sees the old file or the new one, and writers wait for each other."""
    with _held(lock.resolve().parent):
        entries = {**read_lock(lock), name: entry}
        text = _HEAD + "".join(_table(key, entries[key]) for key in sorted(entries))
        made = lock.with_name(f".{lock.name}.{os.getpid()}")
        made.write_text(text, encoding="utf-8")
        made.replace(lock)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Nobody else writes in the folder meanwhile."""
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
