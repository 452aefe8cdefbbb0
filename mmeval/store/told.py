"""What pages show of the records of a journal, read without the cost of whole Records."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from mmeval.media import load
from mmeval.store.lines import opened, parsed
from mmeval.types import Seen


class Made(NamedTuple):
    """One image, sound or film of a reply."""

    kind: str
    sha256: str
    """Hexadecimal; it names the files."""
    width: int | None
    """Pixels; None for a sound."""
    height: int | None
    seed: int | None
    """What it was drawn from, where that is known."""


class Told(NamedTuple):
    """What a page shows of one record, read without the cost of a whole Record; see `read_told`."""

    id: str
    epoch: int
    text: str | None
    """Of the reply; None without one."""
    reasoning: str | None
    input: int | None
    """Tokens."""
    output: int | None
    seconds: float
    cached: bool
    note: str
    """Of the score."""
    failure: str
    """Its kind, its message and the number of attempts, or empty."""
    cost: float | None
    seen: tuple[Seen, ...]
    """What was shown of films and sounds."""
    made: tuple[Made, ...] = ()
    """What the reply holds beside its text."""


def _told(line: bytes) -> Told:
    data, _ = opened(line)
    reply, failure, score = data["reply"], data["failure"], data["score"]
    why = f"{failure['kind']}: {failure['message']}" if failure else ""
    why = f"{why[:400]} ({failure['attempts']}×)" if failure else ""
    note = score["note"] if score else ""
    key, cost, seen = (data["id"], data["epoch"]), data["cost"], tuple(map(_seen, data.get("seen", ())))
    if reply is None:
        return Told(*key, None, None, None, None, 0.0, False, note + "", why, cost, seen)
    text, reasoning, used = reply["text"] + "", reply["reasoning"], reply["usage"]
    seconds, cached = float(reply["latency_s"]), bool(reply["cached"])
    said, made = note + "", tuple(_made(one, reply.get("seed")) for one in reply.get("media", ()))
    return Told(
        *key,
        text,
        reasoning and reasoning + "",
        used["input"],
        used["output"],
        seconds,
        cached,
        said,
        why,
        cost,
        seen,
        made,
    )


def _made(one: dict[str, Any], seed: int | None) -> Made:
    media = load(one, Path())
    return Made(media.kind, media.sha256, media.width, media.height, None if seed is None else int(seed))


def _seen(one: dict[str, Any]) -> Seen:
    made = Seen(**{**one, "seconds": float(one["seconds"]), "at": tuple(map(float, one["at"]))})
    if not all(map(math.isfinite, (made.seconds, *made.at))):
        raise ValueError("not a time")
    return made


def read_told(file: Path) -> Iterator[Told]:
    """Stream what pages show of the records of a journal; raises as `read_records` does."""
    return parsed(file, _told, None)


_LATENCY = re.compile(rb'"latency_s":([0-9.e+-]+)[^{}]*?"cached":false')


def median_latency(file: Path) -> float | None:
    """Median seconds of the replies in a journal that did not come from the cache; None without any.

    The file is searched by pattern, not parsed: journals of millions of records are read when a site is built.
    """
    if not file.is_file():
        return None
    found = sorted(float(value) for value in _LATENCY.findall(file.read_bytes()))
    known = [value for value in found if value > 0]
    return known[len(known) // 2] if known else None
