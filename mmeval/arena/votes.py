"""Files of votes: JSON lines or arrays, LMArena's tables, FastChat's logs, and votes collected by the server."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from mmeval.arena.collected import stored_votes
from mmeval.arena.vote import Vote, parse_vote
from mmeval.documents import MALFORMED, special, why
from mmeval.errors import DataError

__all__ = ["Votes", "merge_votes", "read_votes"]

COLUMNS = (
    "model_a", "model_b", "winner", "voter", "judge", "user_id", "evaluation_session_id", "tstamp", "timestamp",
    "benchmark", "sample", "question_id", "category", "style_a", "style_b",
)  # fmt: skip
"""Columns of a table of votes that are read."""
LONGEST = 1_000_000
"""Longest line of a file of votes, in bytes."""


@dataclass(frozen=True, slots=True)
class Votes:
    """The votes that count, and how many lines were left out for which reason."""

    votes: Sequence[Vote]
    left_out: Mapping[str, int]


def merge_votes(files: Iterable[Path], *, more: Iterable[Vote] = ()) -> Votes:
    """Read several files of votes as one.

    A voter's later vote on the same pair of replies replaces the earlier one.

    Args:
        files: JSON lines, or a JSON array.
        more: further votes.

    Raises:
        DataError: a file is not a file of votes, or a vote is malformed; the message names file and line.
    """
    left: Counter[str] = Counter()
    kept: dict[Any, Vote] = {}
    for number, vote in enumerate(chain(*map(read_votes, files), more)):
        if vote.model_a == vote.model_b:
            left["a model against itself"] += 1
        else:
            key = vote.subject if vote.sample else number
            left["replaced by a later vote of the same voter"] += key in kept
            if key not in kept or kept[key].at <= vote.at:
                kept[key] = vote
    return Votes(tuple(kept.values()), +left)


def read_votes(file: Path) -> Iterator[Vote]:
    """The votes of one file in its order; raises DataError that names the file and the line."""
    try:
        if kind := special(file):
            raise DataError(f"{file} is {kind}, not a file of votes")
        for where, row in _rows(file):
            vote = parse_vote(row, where)
            if vote is not None:
                yield vote
    except OSError as error:
        raise DataError(f"{file}: {error.strerror or error}") from None


def _rows(file: Path) -> Iterator[tuple[str, Any]]:
    """Each object of the file with its place."""
    if file.suffix == ".sqlite":
        yield from stored_votes(file)
    elif file.suffix == ".parquet":
        yield from _table_rows(file)
    else:
        with file.open("rb") as opened:
            yield from _json_rows(file, opened)


def _table_rows(file: Path) -> Iterator[tuple[str, Any]]:
    """The rows of a Parquet table, as LMArena publishes its votes; the conversations are not read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(file)
        columns = [name for name in table.schema_arrow.names if name in COLUMNS]
        number = 0
        for batch in table.iter_batches(columns=columns):
            for row in batch.to_pylist():
                number += 1
                stamp = row.get("timestamp")
                yield (
                    f"{file}: row {number}",
                    row | ({"timestamp": stamp.timestamp()} if hasattr(stamp, "timestamp") else {}),
                )
    except pa.ArrowException as error:
        raise DataError(f"{file}: not a readable Parquet file: {error}") from None


def _json_rows(file: Path, lines: Any) -> Iterator[tuple[str, Any]]:
    """Each object of a JSON array, or one per line."""
    start = lines.read(64).lstrip()[:1]
    lines.seek(0)
    if start == b"[":
        for number, row in enumerate(_loaded(lines.read(), f"{file}"), 1):
            yield f"{file}: vote {number}", row
        return
    number = 0
    while line := lines.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            raise DataError(f"{file}:{number}: the line is longer than {LONGEST:,} bytes")
        if line.strip():
            yield f"{file}:{number}", _loaded(line, f"{file}:{number}")


def _loaded(text: bytes, where: str) -> Any:
    try:
        return json.loads(text)
    except MALFORMED as error:
        raise DataError(f"{where}: not valid JSON: {why(error)}") from None
