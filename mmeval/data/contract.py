"""The column contract: which columns a benchmark's rows must have, with which types; checked row by row."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import Any, TypeAlias

from mmeval.errors import DataError
from mmeval.types import Row

Columns: TypeAlias = Mapping[str, type | UnionType]
"""Column name to the Python type of its values, e.g. `{"question": str, "image": dict, "hint": str | None}`."""


def checked(rows: Iterable[Row], columns: Columns, *, where: str) -> Iterator[Row]:
    """Pass rows through; raises DataError with `where`, row and column at the first violation."""
    for number, row in enumerate(rows):
        check_row(row, columns, where=where, number=number)
        yield row


def check_row(row: Row, columns: Columns, *, where: str, number: int) -> None:
    """Raise DataError when a column is missing or its value has another type."""
    for name, kind in columns.items():
        if name not in row:
            raise DataError(f"{where}: no column {name!r}{_nearest(name, row)}; it has {', '.join(map(str, row))}")
        if not isinstance(row[name], kind):
            raise DataError(f"{where} row {number}: column {name!r} is {_kind(row[name])}, expected {_written(kind)}")


def _nearest(name: str, row: Row) -> str:
    close = difflib.get_close_matches(name.lower(), [str(c).lower() for c in row], n=1, cutoff=0.6)
    return f" (renamed to {close[0]!r}?)" if close else ""


def _kind(value: Any) -> str:
    return "empty" if value is None else type(value).__name__


def _written(kind: type | UnionType) -> str:
    return kind.__name__ if isinstance(kind, type) else str(kind)
