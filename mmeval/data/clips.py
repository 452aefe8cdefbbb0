"""Films and sounds in the rows of a question file: columns `video`, `audio`, `start`, `end` and `subtitles`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmeval import media
from mmeval.data import cells
from mmeval.errors import DataError
from mmeval.types import Audio, Video

__all__ = ["ROLES", "clips"]

ROLES: Mapping[str, tuple[str, ...]] = {
    "video": ("video", "videos", "video_path"),
    "audio": ("audio", "audios", "audio_path"),
    "start": ("start", "start_time"),
    "end": ("end", "end_time"),
    "subtitles": ("subtitles", "subtitle", "subtitle_path"),
}
"""Recognised column names by role; `start`, `end` and `subtitles` count only beside a film or sound."""
CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,5}):(\d{1,2}(?:\.\d{1,9})?)")


def clips(value: Mapping[str, Any], folder: Path, where: str) -> tuple[Audio | Video, ...]:
    """The films and sounds of one row.

    Args:
        value: cells by role.
        folder: paths are inside it.
        where: the row, for messages.

    Raises:
        DataError: a path leads nowhere or out of the folder, or a time is neither seconds nor a clock.
    """
    films, sounds = cells.items(value.get("video")), cells.items(value.get("audio"))
    if not films and not sounds:
        return ()
    bounds = {name: _seconds(value.get(name), name, where) for name in ("start", "end")}
    lines = cells.text(value.get("subtitles"))
    subtitles = cells.file(lines, folder, where, "subtitles") if lines else None
    made: list[Audio | Video] = []
    for cell in films:
        content, source = _content(cell, folder, where, "video")
        made.append(media.video(content, source=source, subtitles=subtitles, **bounds))
    for cell in sounds:
        content, source = _content(cell, folder, where, "audio")
        # Beside a film, the bounds are those of the film.
        made.append(media.audio(content, source=source, **({} if films else bounds)))
    return tuple(made)


def _content(cell: Any, folder: Path, where: str, what: str) -> tuple[bytes | Path, str]:
    if isinstance(cell, Mapping):  # as data sets store them in Parquet
        cell = cell.get("bytes") or cell.get("path")
    if isinstance(cell, bytes):
        return cell, where
    if not isinstance(cell, str):
        raise DataError(f"{where}: {what} is {cells.kind(cell)}, expected a path")
    return cells.file(cell, folder, where, what), cell


def _seconds(cell: Any, column: str, where: str) -> float | None:
    """Seconds from a number or a clock such as 1:02:03.5; None for an empty cell."""
    text = cells.text(cell)
    if text is None:
        return None
    clock = CLOCK.fullmatch(text.strip())
    try:
        found = float(text) if clock is None else 3600 * int(clock[1] or 0) + 60 * int(clock[2]) + float(clock[3])
    except ValueError:
        found = math.nan
    if not 0 <= found < math.inf:
        raise DataError(f"{where}: {column!r} is {text[:40]!r}, expected seconds, or a clock such as 1:02:03.5")
    return found
