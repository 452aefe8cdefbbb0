"""Local files as sources: Parquet, JSON lines, CSV and TSV (with VLMEvalKit's image conventions)."""

from __future__ import annotations

import ast
import base64
import binascii
import csv as _csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mmeval.data.contract import Columns, check_row
from mmeval.documents import MALFORMED, special, why
from mmeval.errors import DataError
from mmeval.formatting import plural
from mmeval.types import JSON, Row

_SHARED = 64
"""In a VLMEvalKit TSV, an image cell up to this length is the `index` of the row that has the image itself."""
_FIELD_LIMIT = 1 << 30


@dataclass(frozen=True, slots=True)
class File:
    """One local file."""

    path: Path
    format: str
    columns: Columns = field(default_factory=dict)

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the rows; raises DataError with the file and the line (in Parquet, the row from 0)."""
        del offline
        for line, row in numbered(self):
            check_row(row, self.columns, where=str(self.path), number=line)
            yield row

    def describe(self) -> Mapping[str, JSON]:
        """Kind and file name. The folder differs from machine to machine and is left out."""
        return {"kind": self.format, "path": self.path.name}


def parquet(path: str | Path, *, columns: Columns | None = None) -> File:
    """Rows of a Parquet file."""
    return File(Path(path), "parquet", columns or {})


def jsonl(path: str | Path, *, columns: Columns | None = None) -> File:
    """One JSON object per line; blank lines are skipped."""
    return File(Path(path), "jsonl", columns or {})


def csv(path: str | Path, *, columns: Columns | None = None) -> File:
    """Comma-separated values with a header; empty cells are None."""
    return File(Path(path), "csv", columns or {})


def tsv(path: str | Path, *, columns: Columns | None = None) -> File:
    """Tab-separated values with a header; reads base64 images, shared images and lists as VLMEvalKit writes them."""
    return File(Path(path), "tsv", columns or {})


def numbered(source: File) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line, row). Lines count from 1 and include the header; Parquet rows count from 0."""
    readers = {"parquet": _parquet, "jsonl": _jsonl, "csv": _csv_rows, "tsv": _tsv_rows, "txt": _txt}
    try:
        _regular(source.path)
        yield from readers[source.format](source.path)
    except OSError as error:
        raise DataError(f"{source.path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise _not_utf8(source.path) from None


def _not_utf8(path: Path) -> DataError:
    """The error for a file in another encoding: the first line that is not UTF-8, and how to convert the file."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                line.decode()
            except UnicodeDecodeError:
                likely = _encoding(line)
                way = f"iconv -f {likely} -t UTF-8 {path.name} > {path.stem}-utf8{path.suffix}"
                return DataError(f"{path}:{number}: not UTF-8, but probably {likely}; convert the file: {way}")
    return DataError(f"{path}: changed while it was read; run the command again")


def _encoding(line: bytes) -> str:
    """The likely encoding of the first line that is not UTF-8."""
    if line.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    # Chinese characters are pairs of high bytes; accented letters of European languages seldom stand in pairs.
    runs = re.findall(rb"[\x80-\xff]+", line)
    return "GB18030" if all(len(run) % 2 == 0 for run in runs) else "WINDOWS-1252"


def _regular(path: Path) -> None:
    """Raise DataError for a folder, a pipe or a device, whose end may never come; OSError if there is no file."""
    if kind := special(path):
        raise DataError(f"{path} is {kind}, not a file")


def columns(source: File) -> list[str]:
    """Column names, empty when the file has no rows. Reads the first row, or only the metadata of a Parquet file."""
    if source.format != "parquet":
        first = next(numbered(source), None)
        return list(first[1]) if first is not None else []
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        _regular(source.path)
        with pq.ParquetFile(source.path) as file:
            return list(file.schema_arrow.names) if file.metadata.num_rows else []
    except OSError as error:
        raise DataError(f"{source.path}: {error.strerror or error}") from None
    except pa.ArrowException as error:
        raise DataError(f"{source.path}: not a readable Parquet file: {error}") from None


def _parquet(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            number = 0
            # One thread reads far faster than any provider answers, so Arrow's thread pool would only cost CPU.
            for batch in file.iter_batches(batch_size=64, use_threads=False):
                for row in batch.to_pylist():
                    yield number, row
                    number += 1
    except pa.ArrowException as error:
        raise DataError(f"{path}: not a readable Parquet file: {error}") from None


def _jsonl(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise DataError(f"{path}:{number}: not JSON: {error.msg} at character {error.pos + 1}") from None
            except MALFORMED as error:
                raise DataError(f"{path}:{number}: not JSON: {why(error)}") from None
            if not isinstance(row, dict):
                raise DataError(f"{path}:{number}: expected an object, found {type(row).__name__}")
            yield number, row


def _txt(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each line that is not blank, as `text`."""
    with path.open(encoding="utf-8-sig") as lines:
        yield from ((number, {"text": line.strip()}) for number, line in enumerate(lines, 1) if line.strip())


def _csv_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    return _delimited(path, ",")


def _delimited(path: Path, delimiter: str) -> Iterator[tuple[int, dict[str, Any]]]:
    _csv.field_size_limit(_FIELD_LIMIT)  # base64 images exceed the default of 128 KiB
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = _csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            header = next(reader, None)
            if header is None:
                raise DataError(f"{path}: empty, without a header")
            _check_header(path, header, delimiter)
            start = reader.line_num + 1
            for cells in reader:
                if cells:
                    yield start, _cells(path, start, header, cells)
                start = reader.line_num + 1
        except _csv.Error as error:
            raise DataError(f"{path}:{reader.line_num}: {_quoting(str(error))}") from None


def _quoting(problem: str) -> str:
    return 'a quote (") is opened in this row and never closed' if "end of data" in problem else problem


def _check_header(path: Path, header: list[str], delimiter: str) -> None:
    other = next((mark for mark in "\t;,|" if len(header) == 1 and mark in header[0]), None)
    if other is not None:
        names = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "vertical bars"}
        way = "name it .tsv" if other == "\t" else "name it .csv" if other == "," else "save it with commas"
        raise DataError(f"{path}:1: the columns are separated by {names[other]}, not by {names[delimiter]}; {way}")
    twice = {name for name in header if header.count(name) > 1}
    if twice:
        raise DataError(f"{path}:1: column {min(twice)!r} occurs twice")


def _cells(path: Path, line: int, header: list[str], cells: list[str]) -> dict[str, Any]:
    if len(cells) != len(header):
        have = plural(len(cells), "cell")
        raise DataError(f"{path}:{line}: {have}, but the header has {plural(len(header), 'column')}")
    return {name: cell or None for name, cell in zip(header, cells, strict=True)}


def _tsv_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    shared = _shared_images(path)
    for line, row in _delimited(path, "\t"):
        if row.get("image") is not None:
            row["image"] = _images(row["image"], shared)
        yield line, row


def _shared_images(path: Path) -> dict[str, str]:
    """Base64 text by index, only for rows whose image other rows share."""
    wanted: set[str] = set()
    for _, row in _delimited(path, "\t"):
        if "index" not in row or "image" not in row:
            return {}
        if row["image"] is not None and len(row["image"]) <= _SHARED:
            wanted.add(row["image"])
    if not wanted:
        return {}
    rows = (row for _, row in _delimited(path, "\t"))
    return {r["index"]: r["image"] for r in rows if r["index"] in wanted and len(r["image"] or "") > _SHARED}


def _images(cell: str, shared: Mapping[str, str]) -> Any:
    """An image, a list of images, or the cell itself when it is a path."""
    if cell in shared:
        cell = shared[cell]
    if cell.startswith("[") and cell.endswith("]"):
        return [_image(item) for item in _literal_list(cell)]
    return cell if len(cell) <= _SHARED else _image(cell)


def _literal_list(cell: str) -> list[str]:
    try:
        value = ast.literal_eval(cell)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return [cell]
    return [str(item) for item in value]


def _image(text: str) -> Any:
    """An image, or the text itself when it is too short for one and not base64."""
    return text if len(text) <= _SHARED and _base64(text) is None else decoded(text)


def decoded(text: str) -> dict[str, Any]:
    """An image from base64. Text that is not base64 becomes bytes without an image header: one invalid sample."""
    data = _base64(text)
    return {"bytes": text.encode() if data is None else data, "path": None}


def _base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
