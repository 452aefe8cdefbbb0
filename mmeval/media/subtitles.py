"""Subtitles of films: SubRip and WebVTT files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from mmeval.errors import MediaError

__all__ = ["Line", "read", "said"]

LONGEST = 20_000_000
"""Bytes of a file of subtitles."""
TIMES = re.compile(r"\s*((?:\d+:)?\d+:\d+[.,]\d+)\s*-->\s*((?:\d+:)?\d+:\d+[.,]\d+)")
MARKUP = re.compile(r"<[^<>]{0,200}>|\{\\[^{}]{0,200}\}")


class Line(NamedTuple):
    """What is said, and when, in seconds from the beginning of the film."""

    start: float
    end: float
    text: str


def read(file: Path) -> list[Line]:
    """The lines of a .srt or .vtt file, without markup; raises MediaError when it cannot be read."""
    try:
        if file.stat().st_size > LONGEST:
            raise MediaError(f"{file}: more than {LONGEST // 1_000_000} MB of subtitles")
        text = file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise MediaError(f"{file}: subtitles: {error.strerror}") from None
    found = sorted(_lines(text))
    if not found:
        raise MediaError(f"{file}: no subtitles in it; expected SubRip (.srt) or WebVTT (.vtt)")
    return found


def _lines(text: str) -> Iterator[Line]:
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")):
        rows = block.strip("\n").split("\n")
        for number, row in enumerate(rows):
            times = TIMES.match(row)
            if times is None:
                continue
            words = " ".join(MARKUP.sub("", line).strip() for line in rows[number + 1 :]).strip()
            if words:
                yield Line(_seconds(times[1]), _seconds(times[2]), words)
            break


def _seconds(clock: str) -> float:
    total = 0.0
    for part in clock.replace(",", ".").split(":"):
        total = 60 * total + float(part)
    return total


def said(lines: Sequence[Line], *, at: Sequence[float] | None, start: float, end: float) -> str:
    """The subtitles of a clip, one per line, none twice in a row.

    Args:
        lines: of the whole film.
        at: times of the frames; only what is on screen at one of them counts. None: everything from `start` to `end`.
        start: of the clip, in seconds.
        end: of the clip.
    """
    if at is None:
        texts = [line.text for line in lines if line.start < end and line.end > start]
    else:
        shown = (next((line for line in lines if line.start <= t <= line.end), None) for t in sorted(at))
        texts = list(dict.fromkeys(line.text for line in shown if line is not None))
    return "\n".join(text for i, text in enumerate(texts) if i == 0 or text != texts[i - 1])
