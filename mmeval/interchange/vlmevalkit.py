"""VLMEvalKit's table of a model's predictions on one data set: read as xlsx, tsv, csv or json, written as tsv."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mmeval import store
from mmeval.data.remote import Tsv
from mmeval.definitions import Benchmark
from mmeval.documents import read_json
from mmeval.errors import DataError, UsageError
from mmeval.interchange.imported import BENCHMARKS, Imported, number, unit
from mmeval.types import Record, Reply, Score

SUFFIXES = (".xlsx", ".tsv", ".csv", ".json")
_LARGEST = 1 << 30
_FAILED = "Failed to obtain answer via API"
_SCORES = ("hit", "score", "match", "eval_score", "correct")
"""Columns that may hold the score of a row, the preferred one first."""


def read(file: Path, *, model: str | None = None, benchmark: str | None = None) -> Iterator[Imported]:
    """The run in a file. Model and data set come from its name `MODEL_DATASET[_JUDGE_...].xlsx` unless they are given.

    Raises:
        DataError: the file is not such a table.
        UsageError: the name does not contain a known data set.
    """
    known = _from_name(file)
    model, benchmark = model or known[0], benchmark or known[1]
    if model is None or benchmark is None:
        raise UsageError(f"{file.name}: pass --model and --benchmark, because the name contains no known data set")
    records = [_record(row, f"{file}:{line}") for line, row in _rows(file)]
    if not records:
        raise DataError(f"{file}: the file has no rows")
    yield Imported(tool="vlmevalkit", model=model, benchmark=benchmark, source=file, records=records)


def _from_name(file: Path) -> tuple[str | None, str | None]:
    names = sorted(BENCHMARKS, key=len, reverse=True)
    for name in names:
        found = re.match(rf"(?P<model>.+?)_{re.escape(name)}(?:_.*)?$", file.stem)
        if found:
            return found["model"], name
    return None, None


def _rows(file: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    rows = _sheet(file) if file.suffix.lower() == ".xlsx" else _text(file)
    for line, row in rows:
        folded = {str(name).lower(): value for name, value in row.items()}
        if "index" not in folded or "prediction" not in folded:
            raise DataError(f"{file}: the columns index and prediction are missing; it has {', '.join(map(str, row))}")
        yield line, folded


def _text(file: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    from mmeval.data import files

    if file.suffix.lower() in (".tsv", ".csv"):
        yield from files.numbered(files.File(file, file.suffix.lower()[1:]))
        return
    table = read_json(file, DataError)
    if isinstance(table, dict) and all(isinstance(column, dict) for column in table.values()):
        # pandas writes a table column by column.
        keys = list(next(iter(table.values()), {}))
        table = [{name: column.get(key) for name, column in table.items()} for key in keys]
    if not isinstance(table, list) or not all(isinstance(row, dict) for row in table):
        raise DataError(f"{file}: expected a list of objects")
    yield from enumerate(table)


def _sheet(file: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    openpyxl = _openpyxl()
    try:
        with zipfile.ZipFile(file) as parts:
            if sum(part.file_size for part in parts.infolist()) > _LARGEST:
                raise DataError(f"{file}: more than 1 GiB when unpacked")
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True)
        header = [str(name) for name in next(rows, ())]
        for line, cells in enumerate(rows, 2):
            if any(cell is not None for cell in cells):
                yield line, dict(zip(header, cells, strict=False))
    except (OSError, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
        raise DataError(f"{file}: not a readable xlsx file: {type(error).__name__}: {error}") from None


def _openpyxl() -> Any:
    try:
        import openpyxl
    except ImportError:
        raise UsageError("xlsx files need `pip install 'mmeval-harness[xlsx]'`") from None
    return openpyxl


def _record(row: Mapping[str, Any], where: str) -> Record:
    text = "" if row["prediction"] is None else str(row["prediction"])
    if _FAILED in text:
        # VLMEvalKit stores this sentence when a request failed; it is not a reply.
        return Record(id=str(row["index"]), epoch=1, status="error")
    found = next((number(row[name]) for name in _SCORES if number(row.get(name)) is not None), None)
    said = row.get("extracted") or row.get("res")
    score = None
    if found is not None:
        score = Score(value=unit(found, where), answer=str(said) if said else None, rule="imported")
    status = "ok" if text.strip() else "empty"
    reply = Reply(text=text, finish="stop")
    tags = {name: str(row[name]) for name in ("category", "l2-category", "split") if row.get(name)}
    return Record(
        id=str(row["index"]),
        epoch=1,
        status=status,  # type: ignore[arg-type]
        reply=reply,
        score=score,
        tags=tags,
    )


def write(run: store.Run, benchmark: Benchmark, folder: Path) -> tuple[Path, int]:
    """Write `MODEL_DATASET.tsv`, which VLMEvalKit evaluates: its own columns without pictures, and the replies.

    A request that failed has VLMEvalKit's own sentence as its prediction.

    Returns:
        The file, and its number of rows.

    Raises:
        UsageError: the data is not one table of VLMEvalKit, or the run has several replies for a question or variants.
    """
    spec, source = run.info.spec, getattr(benchmark.data, "source", benchmark.data)
    if not isinstance(source, Tsv):
        raise UsageError(f"{benchmark.name}: its data is not a table of VLMEvalKit, which would score by row numbers")
    if spec.epochs > 1 or spec.variant:
        raise UsageError(f"{run.path}: VLMEvalKit scores one reply for each question, asked as it is")
    replies = {record.id: record.reply.text for record in run.records() if record.reply is not None}
    target = folder / f"{store.slug(spec.model)}_{source.name}.tsv"
    asked = {row.id for row in run.scores()}
    rows = [row for row in source.rows(offline=True) if str(row["index"]) in asked]
    if len(rows) < len(asked):
        raise UsageError(f"{run.path}: {len(asked) - len(rows)} of its questions have no row in {source.where}")
    names = [name for name in rows[0] if name != "image"] if rows else ["index"]
    folder.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_ALL)
        table.writerow([*names, "prediction"])
        for row in rows:
            said = replies.get(str(row["index"]), f"{_FAILED}.")
            table.writerow([*("" if row[name] is None else row[name] for name in names), said])
    return target, len(rows)
