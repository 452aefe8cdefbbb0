"""Read one row: images, options and lists in the forms that data sets use."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from mmeval import media, prompts
from mmeval.data import cells
from mmeval.data.archives import find
from mmeval.errors import DataError
from mmeval.scorers.readers.speech import Unit, units
from mmeval.scorers.targets import as_list
from mmeval.types import Audio, Image, Row, Sample, Text, Video


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


def still(row: Row, name: str) -> Image:
    """A picture below the folder of unpacked or user-supplied data; one that is missing fails its sample alone."""
    folder = Path(row["folder"])
    if not (folder / name).is_file():
        return media.image(name.encode(), source=name)
    return cells.image(name, folder, f"{folder} row {row.get('row', '?')}")


def stills(row: Row, folder: str) -> list[Image]:
    """All pictures in a folder of unpacked or user-supplied data, by name; without any, one that fails its sample."""
    place = Path(row["folder"]) / folder
    names = sorted(one.name for one in place.glob("*") if one.suffix.lower() in (".png", ".jpg", ".jpeg"))
    return [still(row, f"{folder}/{name}") for name in names or ["1.png"]]


def film(
    row: Row, name: str, *, start: float | None = None, end: float | None = None, subtitles: str | None = None
) -> Video:
    """A film below the folder of an unpacked or user-supplied data set. One that is missing fails its sample alone.

    Args:
        row: has the folder.
        name: path below it, or the name of the file wherever it is.
        start: where the clip begins, in seconds.
        end: where it ends.
        subtitles: of a file with subtitles, where there is one.
    """
    folder = Path(row["folder"])
    lines = find(folder, subtitles) if subtitles else None
    found = lines if lines is not None and lines.is_file() else None
    path = find(folder, name)
    if not path.is_file():
        return Video(None, "video/mp4", sha256(name.encode()).hexdigest(), name, None, None, path, start, end)
    return media.video(path, source=name, start=start, end=end, subtitles=found)


def sound(row: Row, name: str, *, start: float | None = None, end: float | None = None) -> Audio:
    """A sound below the folder of an unpacked or user-supplied data set; as `film`."""
    path = find(Path(row["folder"]), name)
    if not path.is_file():
        return Audio(None, "audio/wav", sha256(name.encode()).hexdigest(), name, None, None, path, start, end)
    return media.audio(path, source=name, start=start, end=end)


def recording(row: Row, column: str = "audio") -> Audio:
    """The sound in one column: `{"bytes", "path"}`, as data sets store it in Parquet."""
    cell = row[column]
    content = cell.get("bytes") if isinstance(cell, dict) else cell
    if not isinstance(content, bytes):
        raise DataError(f"column {column!r} contains no sound")
    return media.audio(content, source=column)


def spoken(
    row: Row, said: str, prompt: str, *, unit: Unit = "word", cluster: str | None = None, tags: Mapping[str, str]
) -> Sample:
    """Speech to be written down, with what the scorer `speech_errors` and the metric `error_rate` need to know."""
    return Sample(
        id=str(row["row"]),
        prompt=(recording(row), Text(prompt)),
        target=said,
        cluster=cluster,
        tags={**tags, "unit": unit, "units": str(len(units(said, unit)))},
    )


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


def seen(images: Iterable[Image]) -> str:
    """The cluster of all questions about the same pictures, in whatever order."""
    return "+".join(sorted(image.sha256[:16] for image in images))


def placed(key: str, true: str, *others: str) -> tuple[tuple[str, ...], str]:
    """The true option among the others, at a place that a digest of the key decides, and the letter of that place.

    Data sets that name the true option first would otherwise give full marks to whoever takes the first.
    """
    place = int(hashlib.sha256(key.encode()).hexdigest(), 16) % (len(others) + 1)
    return (*others[:place], true, *others[place:]), ascii_uppercase[place]


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
