"""Parse the cells of a question file: options, targets and images. Errors name the file and the line."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from mmeval import media
from mmeval.documents import MALFORMED, special
from mmeval.errors import DataError, MMEvalError, RunFailedError
from mmeval.faults import foreseen
from mmeval.scorers.targets import as_list
from mmeval.types import JSON, Image


def kind(value: Any) -> str:
    """The name of a value's type in error messages; `empty` for None and the empty string."""
    return "empty" if value is None or value == "" else type(value).__name__


def text(value: Any) -> str | None:
    """A scalar as text, or None when it is absent (None, NaN or empty)."""
    return None if absent(value) else str(value)


def absent(value: Any) -> bool:
    """Whether a value is None, NaN or empty."""
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def items(value: Any) -> list[Any]:
    """A value, a list, or a list written as text in a cell; always returned as a list."""
    if absent(value):  # tests without converting: an image can be megabytes
        return []
    if isinstance(value, str):
        return _spelled(value) or [value]
    return list(value) if isinstance(value, Sequence) and not isinstance(value, bytes) else [value]


def _spelled(value: str) -> list[Any] | None:
    """The list that a string contains as JSON or as a Python literal, or None."""
    if not value.strip().startswith("["):
        return None
    try:
        found = json.loads(value)
    except MALFORMED:
        return as_list(value)
    return found if isinstance(found, list) else None


def options(row: Mapping[str, Any], value: Any, where: str) -> list[str]:
    """Option texts from a list, or from the columns A, B, C, ... up to the first empty one."""
    if not absent(value) and not isinstance(value, list) and len(items(value)) < 2:
        raise DataError(f"{where}: options is {kind(value)}, expected a list")
    found = [str(item) for item in items(value)]
    if not found:
        for letter in ascii_uppercase:
            cell = text(row.get(letter))
            if cell is None:
                break
            found.append(cell)
    if len(found) > len(ascii_uppercase):
        raise DataError(f"{where}: {len(found)} options, but only {len(ascii_uppercase)} letters")
    if len(found) == 1:
        raise DataError(f"{where}: only one option, expected at least two")
    return found


def target(value: Any, options: Sequence[str], column: str, where: str) -> JSON:
    """The target: with options, the letter of the right one; without, a text or a list of accepted texts."""
    if text(value) is None:
        raise DataError(f"{where}: {column!r} is empty")
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if isinstance(value, dict | bytes):
        raise DataError(f"{where}: {column!r} is {kind(value)}, expected a text, a number or a list of them")
    if options:
        return _option(value, options, column, where)
    accepted = [str(item) for item in items(value)]
    if not accepted:
        raise DataError(f"{where}: {column!r} is an empty list")
    return accepted[0] if len(accepted) == 1 else list(accepted)


def _option(value: Any, options: Sequence[str], column: str, where: str) -> str:
    said = str(value).strip()
    if said in options:
        return ascii_uppercase[options.index(said)]
    letter = said.strip("().").upper()
    if len(letter) == 1 and letter in ascii_uppercase[: len(options)]:
        return letter
    last = ascii_uppercase[len(options) - 1]
    raise DataError(f"{where}: {column!r} is {said[:60]!r}, neither a letter up to {last} nor an option's text")


def image(value: Any, folder: Path, where: str) -> Image:
    """An image from bytes, or from the file at a path inside `folder`."""
    if isinstance(value, Mapping):
        value = value.get("bytes") or value.get("path")
    if isinstance(value, bytes):
        return media.image(value, source=where)
    if not isinstance(value, str):
        raise DataError(f"{where}: an image is {kind(value)}, expected a path")
    return media.image(_read(file(value, folder, where, "image"), value, where), source=value)


def file(value: str, folder: Path, where: str, what: str) -> Path:
    """The file at a path inside `folder`; raises DataError for a URL, and for links and `..` that lead out of it."""
    if "://" in value:
        raise DataError(f"{where}: {value[:80]!r} is a URL; download the {what} and give its path")
    try:
        root = folder.resolve()
        found = (root / value).resolve()
        if not found.is_relative_to(root):
            raise DataError(f"{where}: {what} {value!r} is outside the folder of the file")
        if kind := special(found):
            raise DataError(f"{where}: {what} {value!r} is {kind}, not a file")
        found.stat()
    except (OSError, ValueError) as error:
        raise _unreadable(error, value, where, what) from None
    return found


def _read(path: Path, value: str, where: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(error, value, where, "image") from None


def _unreadable(error: OSError | ValueError, value: str, where: str, what: str) -> MMEvalError:
    known = foreseen(error)
    if isinstance(known, RunFailedError):  # not the fault of the file: no other one would fare better
        return known
    reason = error.strerror if isinstance(error, OSError) else error
    return DataError(f"{where}: {what} {value[:200]!r}: {reason}")
