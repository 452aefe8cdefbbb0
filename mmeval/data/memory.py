"""Rows in memory as a benchmark: a list of mappings, or a DataFrame."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PIL import Image as Pillow

from mmeval.data.questions import checked, questions, roles_of, valid
from mmeval.definitions import Benchmark
from mmeval.errors import DataError, UsageError, nearest
from mmeval.types import JSON, Media, Row

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["benchmark"]


def benchmark(
    rows: Iterable[Mapping[str, Any]] | pd.DataFrame,
    *,
    name: str,
    columns: Mapping[str, str] | None = None,
    folder: str | Path = ".",
    **about: Any,
) -> Benchmark:
    """A benchmark from rows in memory, read as a file of questions is read.

    Each row has a question, an answer, and optionally images, films, sounds and options. Media are paths inside
    `folder` or bytes, images also pictures of Pillow. All rows are checked at once.

    Args:
        rows: mappings, or a DataFrame; empty cells are None or NaN.
        name: of the benchmark.
        columns: role (`question`, `answer`, `image`, `options`, `id`, `category`, `hint`) to column name.
        folder: where the paths of images begin.
        **about: other fields of the `Benchmark`, such as `score`, `metric`, `max_tokens` or `system`. With `to_sample`,
            it gets the rows as they are, and nothing is asked of their columns.

    Raises:
        UsageError: a role or a field is unknown.
        DataError: a row is not valid. The message names the row, from 1.
    """
    known = [one.name for one in fields(Benchmark)]
    for key in about.keys() - set(known):
        raise UsageError(f"benchmark {name!r}: no field {key!r}{nearest(key, known)}")
    given = [
        (f"{name} row {number}", _plain(row, f"{name} row {number}"))
        for number, row in enumerate(_listed(rows, name), 1)
    ]
    if not given:
        raise DataError(f"{name}: no rows")
    if "to_sample" in about:
        held: list[Row] = [row for _, row in given]
        roles: dict[str, str] = {}
    else:
        have = list(dict.fromkeys(key for _, row in given for key in row))
        roles = roles_of(name, have, dict(columns or {}), way_out='columns={{"{}": NAME}}')
        held = list(valid(checked(given, roles, Path(folder))))
    source = Rows(tuple(held), _digest(held))
    made = questions(source, name=name, digest=source.digest, rows=len(held), roles=roles)
    if "score" in about and made.profile not in about["score"].rules:
        about = {"profile": next(iter(about["score"].rules)), **about}
    return replace(made, **about)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in memory."""

    held: tuple[Row, ...] = field(repr=False)
    digest: str
    """sha256 of the content, hexadecimal."""

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """The rows in their order."""
        del offline
        return iter(self.held)

    def describe(self) -> Mapping[str, JSON]:
        """Kind and digest."""
        return {"kind": "rows", "sha256": self.digest}


def _listed(rows: Iterable[Mapping[str, Any]] | pd.DataFrame, name: str) -> Iterable[Mapping[str, Any]]:
    pandas = sys.modules.get("pandas")  # whoever has a DataFrame has imported it, and nobody else should wait for it
    if pandas is not None and isinstance(rows, pandas.DataFrame):
        if not rows.columns.is_unique:
            raise DataError(f"{name}: two columns of the DataFrame have the same name")
        found: list[Mapping[str, Any]] = rows.astype(object).where(rows.notna(), None).to_dict("records")
        return found
    if isinstance(rows, str | Path):
        raise UsageError(f"{name}: {str(rows)!r} is not a list of rows; pass a file of questions to mmeval.run itself")
    return cast("Iterable[Mapping[str, Any]]", rows)


def _plain(row: Any, where: str) -> dict[str, Any]:
    if not isinstance(row, Mapping):
        raise DataError(f"{where}: a row is {type(row).__name__}, expected a mapping of columns to values")
    return {str(key): _value(value, f"{where}: {str(key)!r}") for key, value in row.items()}


def _value(value: Any, where: str) -> Any:
    """A cell as texts, numbers, bytes, lists and mappings; raises DataError for anything else."""
    if value is None or isinstance(value, str | bytes | bool | int | float):
        return value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Pillow.Image):
        out = io.BytesIO()
        value.save(out, "PNG")
        return out.getvalue()
    if isinstance(value, Mapping):
        return {str(key): _value(one, where) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [_value(one, where) for one in value]
    if hasattr(value, "tolist"):  # numbers and arrays of numpy
        return _value(value.tolist(), where)
    raise DataError(f"{where} is {type(value).__name__}, expected a text, a number, a picture, bytes or a list of them")


def _digest(rows: Sequence[Row]) -> str:
    """sha256 of the rows as JSON; of bytes and media, their digests."""
    whole = hashlib.sha256()
    for row in rows:
        whole.update(json.dumps(row, sort_keys=True, default=_named).encode() + b"\n")
    return whole.hexdigest()


def _named(value: Any) -> str:
    return value.sha256 if isinstance(value, Media) else hashlib.sha256(value).hexdigest()
