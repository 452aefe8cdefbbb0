"""Votes as JSON lines in the form of LMArena's published tables: `model_a`, `model_b`, `winner`, and who voted when.

`model_a` is the reply that was shown first (on the left). Files of LMArena and logs of FastChat are read, too.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from mmeval.documents import MALFORMED, special, why
from mmeval.errors import DataError

__all__ = ["OUTCOMES", "Vote", "Votes", "dump_vote", "merge_votes", "parse_vote", "read_votes"]

OUTCOMES: Mapping[str, float] = {"model_a": 1.0, "model_b": 0.0, "tie": 0.5, "tie (bothbad)": 0.5}
"""What a winner counts for `model_a`. "Both are bad" is a tie, as on LMArena."""
_WORDS = {"bothbad": "tie (bothbad)", "both_bad": "tie (bothbad)", "both bad": "tie (bothbad)"}
_CHATS = {"leftvote": "model_a", "rightvote": "model_b", "tievote": "tie", "bothbad_vote": "tie (bothbad)"}
"""Types of the lines of a FastChat log that are votes."""
COLUMNS = (
    "model_a", "model_b", "winner", "voter", "judge", "user_id", "evaluation_session_id", "tstamp", "timestamp",
    "benchmark", "sample", "question_id", "category", "style_a", "style_b",
)  # fmt: skip
"""Columns of a table of votes that are read."""
LONGEST = 1_000_000
"""Longest line of a file of votes, in bytes."""


class Vote(NamedTuple):
    """One vote on two replies to the same question."""

    model_a: str
    model_b: str
    winner: str
    """A key of OUTCOMES."""
    voter: str
    at: float = 0.0
    """Unix time."""
    benchmark: str = ""
    sample: str = ""
    """Id of the sample; empty where the file does not say."""
    category: tuple[str, ...] = ()
    style_a: Mapping[str, float] = MappingProxyType({})
    """Counts of `mmeval.arena.style` for the reply of `model_a`."""
    style_b: Mapping[str, float] = MappingProxyType({})

    @property
    def subject(self) -> tuple[Any, ...]:
        """What the vote is about: one voter decides once on a pair of replies, in whichever order."""
        return (self.voter, self.benchmark, self.sample, *sorted((self.model_a, self.model_b)))


@dataclass(frozen=True, slots=True)
class Votes:
    """The votes that count, and how many lines were left out for which reason."""

    votes: Sequence[Vote]
    left_out: Mapping[str, int]


def merge_votes(files: Iterable[Path], *, models: Iterable[str] | None = None) -> Votes:
    """Read several files of votes as one.

    A voter's later vote on the same pair of replies replaces the earlier one.

    Args:
        files: JSON lines, or a JSON array.
        models: the only models that may occur; any by default.

    Raises:
        DataError: a file is not a file of votes, or a vote is malformed; the message names file and line.
    """
    known = None if models is None else frozenset(models)
    left: Counter[str] = Counter()
    kept: dict[Any, Vote] = {}
    for number, vote in enumerate(chain.from_iterable(map(read_votes, files))):
        if vote.model_a == vote.model_b:
            left["a model against itself"] += 1
        elif known is not None and not {vote.model_a, vote.model_b} <= known:
            left["unknown model"] += 1
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
        from mmeval.arena.serve import stored_votes

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


def parse_vote(row: Any, where: str) -> Vote | None:
    """The vote of a line; None for a line of a FastChat log that is not a vote."""
    if not isinstance(row, dict):
        raise DataError(f"{where}: not an object")
    if "models" in row and "type" in row:
        return _chat_vote(row, where)
    winner = row.get("winner")
    winner = _WORDS.get(winner, winner) if isinstance(winner, str) else winner
    if winner not in OUTCOMES:
        raise DataError(f"{where}: winner is {winner!r}; use one of {', '.join(OUTCOMES)}")
    return Vote(
        model_a=_name(row, "model_a", where),
        model_b=_name(row, "model_b", where),
        winner=winner,
        voter=_voter(row, where),
        at=_number(row.get("tstamp", row.get("timestamp", 0)), "tstamp", where),
        benchmark=str(row.get("benchmark") or ""),
        sample=str(row.get("sample") or row.get("question_id") or ""),
        category=_categories(row.get("category"), where),
        style_a=_style(row.get("style_a"), where),
        style_b=_style(row.get("style_b"), where),
    )


def _chat_vote(row: Mapping[str, Any], where: str) -> Vote | None:
    if row["type"] not in _CHATS:
        return None
    models = row["models"]
    if not isinstance(models, list) or len(models) != 2 or not all(isinstance(name, str) and name for name in models):
        raise DataError(f"{where}: models is not a list of two names")
    at = _number(row.get("tstamp", 0), "tstamp", where)
    return Vote(model_a=models[0], model_b=models[1], winner=_CHATS[row["type"]], voter=_voter(row, where), at=at)


def _name(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"{where}: no {key}")
    return value


def _voter(row: Mapping[str, Any], where: str) -> str:
    """The voter under any of the names that published files use; without one, each line is a voter of its own."""
    found = next(
        (row[key] for key in ("voter", "judge", "user_id", "ip", "evaluation_session_id") if row.get(key)), None
    )
    return where if found is None else str(found)


def _number(value: Any, key: str, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e18:
        raise DataError(f"{where}: {key} is not a number")
    return float(value)


def _categories(value: Any, where: str) -> tuple[str, ...]:
    if value is None or isinstance(value, dict):  # LMArena's nested tags of text questions
        return ()
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise DataError(f"{where}: category is neither a text nor a list of texts")
    return tuple(dict.fromkeys(names))


def _style(value: Any, where: str) -> Mapping[str, float]:
    if value is None:
        return MappingProxyType({})
    if not isinstance(value, dict):
        raise DataError(f"{where}: a style is not an object")
    return {str(key): _number(count, f"style {key}", where) for key, count in value.items()}


def dump_vote(vote: Vote) -> str:
    """One line, without the newline."""
    row: dict[str, Any] = {"model_a": vote.model_a, "model_b": vote.model_b, "winner": vote.winner}
    row |= {"voter": vote.voter, "tstamp": vote.at, "benchmark": vote.benchmark, "sample": vote.sample}
    row |= {"category": list(vote.category), "style_a": dict(vote.style_a), "style_b": dict(vote.style_b)}
    return json.dumps(row, ensure_ascii=False)
