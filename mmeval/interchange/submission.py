"""Submission files for benchmarks with hidden labels: MMBench's table of all circular rows with predictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mmeval import store
from mmeval.data import present
from mmeval.definitions import Benchmark
from mmeval.errors import RunFailedError, UsageError

COLUMNS = ("index", "question", "A", "B", "C", "D", "prediction")


def write_mmbench(run: store.Run, benchmark: Benchmark, target: Path, *, offline: bool = False) -> int:
    """Write the xlsx file that mmbench.opencompass.org.cn scores, and return its number of rows.

    It contains every rotated copy of a question; a file with one row per question would be scored without rotation.

    Raises:
        UsageError: the benchmark is not an MMBench, or openpyxl is not installed.
        RunFailedError: a row has no prediction.
    """
    if not benchmark.name.startswith("mmbench"):
        raise UsageError(f"{benchmark.name}: only MMBench runs have a submission file")
    replies = {record.id: record.reply.text for record in run.records() if record.reply is not None}
    rows = list(_rows(benchmark, replies, offline=offline))
    missing = [row["index"] for row in rows if row["prediction"] is None]
    if missing:
        raise RunFailedError(f"{run.path}: {len(missing)} of {len(rows)} rows have no prediction, first {missing[0]}")
    _write(rows, target)
    return len(rows)


def _rows(benchmark: Benchmark, replies: Mapping[str, str], *, offline: bool) -> Iterator[dict[str, Any]]:
    for row in benchmark.data.rows(offline=offline):
        shown = {name: present(row.get(name)) for name in COLUMNS[1:-1]}
        yield {"index": int(row["index"]), **shown, "prediction": replies.get(str(row["index"]))}


def _write(rows: list[dict[str, Any]], target: Path) -> None:
    try:
        from openpyxl import Workbook
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    except ImportError:
        raise UsageError("xlsx files need `pip install 'mmeval-harness[xlsx]'`") from None
    book = Workbook(write_only=True)
    sheet = book.create_sheet("predictions")
    sheet.append(list(COLUMNS))
    for row in rows:
        sheet.append([_plain(row[name], ILLEGAL_CHARACTERS_RE) for name in COLUMNS])
    book.save(target)


def _plain(value: Any, illegal: Any) -> Any:
    """Text without the characters that a sheet cannot store, and quoted if it would be read as a formula."""
    if not isinstance(value, str):
        return value
    text = illegal.sub("", value)[:32_000]
    return f"'{text}" if text.startswith("=") else text
