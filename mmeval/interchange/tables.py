"""Flat rows of samples as CSV or Parquet, one row at a time."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmeval import store
from mmeval.formatting import guarded

if TYPE_CHECKING:
    import pyarrow as pa

_LISTS = frozenset({"choices", "media"})
_INTEGERS = frozenset({"epoch", "input_tokens", "output_tokens"})
_NUMBERS = frozenset({"score", "cost", "latency_s"})
_ROWS = 1000
"""Rows of one group of a Parquet file."""


def write_csv(target: Path, rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> int:
    """Write a header and the rows, and return their number.

    Lists and tables are JSON. A text that a spreadsheet would run as a formula is preceded by an apostrophe.
    """
    count = 0
    with store.replacing(target) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for count, row in enumerate(rows, 1):  # noqa: B007 - the last one is the number of rows
            writer.writerow([_cell(row[name]) for name in columns])
    return count


def _cell(value: Any) -> str:
    return "" if value is None else guarded(_text(value))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def write_parquet(target: Path, rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> int:
    """Write the rows with the same types for every run, and return their number.

    Choices and media are lists of texts, numbers are numbers; a target or tags that are not a text are JSON.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema, count = pa.schema([(name, _type(name)) for name in columns]), 0
    with store.replacing(target) as file, pq.ParquetWriter(file.buffer, schema, compression="zstd") as writer:  # type: ignore[attr-defined]
        for group in _groups(rows):
            found = {name: [_value(name, row[name]) for row in group] for name in columns}
            writer.write_table(pa.table(found, schema=schema))
            count += len(group)
    return count


def _groups(rows: Iterable[Mapping[str, Any]]) -> Iterable[list[Mapping[str, Any]]]:
    found = iter(rows)
    while group := list(islice(found, _ROWS)):
        yield group


def _type(name: str) -> pa.DataType:
    import pyarrow as pa

    if name in _LISTS:
        return pa.list_(pa.string())
    if name in _INTEGERS:
        return pa.int64()
    return pa.float64() if name in _NUMBERS else pa.bool_() if name == "cached" else pa.string()


def _value(name: str, value: Any) -> Any:
    if value is None or name in _INTEGERS | _NUMBERS | {"cached"}:
        return value
    if name in _LISTS:
        return [_whole(one) for one in value]
    return _whole(_text(value))


def _whole(text: str) -> str:
    """Without the lone surrogates that models write, and that UTF-8 cannot hold: they become escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
