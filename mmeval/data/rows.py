"""Read one row: images, options and lists in the forms that data sets use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from mmeval import media, prompts
from mmeval.data import cells
from mmeval.errors import DataError
from mmeval.scorers.targets import as_list
from mmeval.types import Image, Row, Sample


def picture(row: Row, column: str = "image") -> Image:
    """The image in one column: `{"bytes", "path"}`, plain bytes, or base64 text."""
    return _image(row[column], column)


def pictures(row: Row, columns: Sequence[str] | str) -> dict[int, Image]:
    """The images of a list column or of several columns, numbered from 1. Skips columns that are None."""
    if isinstance(columns, str):
        cells = row[columns]
        return {n: _image(c, f"{columns}[{n - 1}]") for n, c in enumerate(cells or [], 1)}
    return {n: _image(row[c], c) for n, c in enumerate(columns, 1) if row[c] is not None}


def beside(row: Row, column: str = "image") -> Image:
    """The image at the path in `column`, inside the folder of a user-supplied file."""
    where = f"{row['folder']} row {row.get('row', '?')}"
    return cells.image(row[column], Path(row["folder"]), where)


def size(image: Image) -> tuple[int, int]:
    """Width and height in pixels; raises DataError for bytes without the header of a picture."""
    if image.width is None or image.height is None:
        raise DataError(f"{image.source}: not an image that can be read")
    return image.width, image.height


def _image(cell: Any, column: str) -> Image:
    if isinstance(cell, str):
        from mmeval.data.files import decoded

        cell = decoded(cell)
    data = cell.get("bytes") if isinstance(cell, dict) else cell
    if not isinstance(data, bytes):
        raise DataError(f"column {column!r} contains no image")
    return media.image(data, source=column)


def present(cell: Any) -> str | None:
    """The text of a cell, or None for None, NaN and the strings that pandas writes for NaN."""
    text = "" if cell is None else str(cell)
    return None if text.strip() in ("", "nan", "NaN") else text


def lettered(row: Row) -> list[str]:
    """The texts of the columns A, B, C, ... up to the first empty one."""
    found: list[str] = []
    for letter in ascii_uppercase:
        text = present(row.get(letter))
        if text is None:
            break
        found.append(text)
    return found


def spelled(cell: Any, column: str) -> list[Any]:
    """A list, or the list that a string contains as a Python literal."""
    if isinstance(cell, list):
        return cell
    found = as_list(cell) if isinstance(cell, str) else None
    if found is None:
        raise DataError(f"column {column!r} is {str(cell)[:60]!r}, expected a list")
    return found


def tags(row: Row, *columns: str) -> dict[str, str]:
    """Tags of a sample: lower-case column name to text, without empty cells."""
    found = {column: present(row.get(column)) for column in columns}
    return {column.lower(): text for column, text in found.items() if text is not None}


def vlmevalkit_sample(row: Row) -> Sample:
    """A multiple-choice row of a VLMEvalKit TSV, with VLMEvalKit's default prompt.

    Circular copies (index + k million) share the tag `group`.
    """
    options = lettered(row)
    images = [picture(row)] if not isinstance(row["image"], list) else list(pictures(row, "image").values())
    group = present(row.get("g_index")) or group_of(row["index"])
    return Sample(
        id=str(row["index"]),
        prompt=prompts.vlmevalkit(row["question"], options, images=images, hint=present(row.get("hint"))),
        target=present(row.get("answer")),
        choices=tuple(options),
        cluster="+".join(image.sha256[:16] for image in images),
        tags={"group": group, **tags(row, "category", "l2-category", "split")},
    )


def group_of(index: Any) -> str:
    """The question that a circular copy belongs to. An index that is not a number is its own group."""
    text = str(index)
    return str(int(text) % 1_000_000) if text.isdecimal() else text
