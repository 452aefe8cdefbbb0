"""Look at the data of benchmarks on the hub: what they are, and, where they are small enough, all of their rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from mmeval.data.hub import Hub
from mmeval.data.pins import Composite, pinned
from mmeval.data.remote import Supplied, Tsv
from mmeval.definitions import Benchmark, Source
from mmeval.errors import DataError

__all__ = ["Look", "look"]

GIGABYTE = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is known about the data of one benchmark. Empty texts: not known, or not looked at."""

    name: str
    data: str
    columns: str = ""
    """Columns of the first row with their types."""
    rows: int | None = None
    """Of all rows, once they were read and pinned."""
    size: int | None = None
    """Bytes to be fetched."""
    license: str = ""
    """As the hub has it."""
    gated: str = ""
    """Who gets the data: `open`, or the hub's word for who has to ask (`auto`, `manual`)."""
    status: str = ""
    """What came of it."""
    failed: bool = False


def look(benchmark: Benchmark, *, up_to: float, lock: Path) -> Look | None:
    """Check columns, types, licence and gating of one benchmark; None for data that are made here.

    Data of up to `up_to` gigabytes are loaded whole: every row is checked, and `lock` gets an entry, or must agree with
    the one that it has.
    """
    leaves = list(_leaves(benchmark.data))
    if not leaves:
        return None
    facts: dict[str, Any] = {"name": benchmark.name, "data": _where(leaves)}
    try:
        facts |= _facts(benchmark.data, leaves)
        facts["columns"] = _columns(leaves)
        return _loaded(benchmark, facts, up_to, lock)
    except DataError as error:
        return Look(**facts, status=str(error).removeprefix(f"{benchmark.name}: "), failed=True)


def _loaded(benchmark: Benchmark, facts: dict[str, Any], up_to: float, lock: Path) -> Look:
    if any(isinstance(leaf, Supplied) and not leaf.path.is_file() for leaf in _leaves(benchmark.data)):
        return Look(**facts, status="user-supplied, not here")
    size = facts.get("size")
    if size is None or size > up_to * GIGABYTE:
        told = "of unknown size" if size is None else f"{size / GIGABYTE:.2f} GB"
        return Look(**facts, status=f"first row only, {told}" if facts["columns"] else f"not read, {told}")
    found = pinned(benchmark, lock=lock).data.describe()
    return Look(**facts, rows=int(str(found["rows"])), status=f"ok, sha256 {str(found['sha256'])[:16]}")


def _leaves(source: Source) -> Iterator[Any]:
    if isinstance(source, Composite):
        for part in source.sources():
            yield from _leaves(part)
    elif isinstance(source, Hub | Tsv | Supplied):
        yield source


def _where(leaves: list[Any]) -> str:
    names = dict.fromkeys(leaf.id if isinstance(leaf, Hub) else leaf.where for leaf in leaves)
    return ", ".join(islice(names, 2)) + (", ..." if len(names) > 2 else "")


def _facts(source: Source, leaves: list[Any]) -> dict[str, Any]:
    """Size of all files, and licence and gating of the first repository."""
    if isinstance(leaves[0], Tsv):
        sizes = [leaf.size() for leaf in leaves]
        return {"size": None if None in sizes else sum(sizes)}
    if isinstance(leaves[0], Supplied):
        return {"size": 0}
    repositories = {leaf.id: leaf for leaf in leaves if isinstance(leaf, Hub)}
    license_, gated = leaves[0].card()
    return {"size": sum(map(_size, repositories.values())), "license": license_, "gated": gated}


def _size(leaf: Hub) -> int:
    """Bytes of the whole repository, archives too: at least what a load fetches."""
    return sum(size or 0 for size in leaf.listing().values())


def _columns(leaves: list[Any]) -> str:
    """The columns of the first source; the first row of every source on the hub must keep its contract."""
    firsts = [next(iter(leaf.rows()), None) for leaf in leaves if isinstance(leaf, Hub)]
    if None in firsts:
        raise DataError(f"{_where(leaves)}: a part has no rows")
    row = firsts[0] if firsts else {}
    return ", ".join(f"{name}: {_kind(value)}" for name, value in (row or {}).items())


def _kind(value: Any) -> str:
    if isinstance(value, dict) and "bytes" in value:
        return "media"
    if isinstance(value, list):
        return f"list of {_kind(value[0])}" if value else "list"
    return "empty" if value is None else type(value).__name__
