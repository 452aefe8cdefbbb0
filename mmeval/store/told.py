"""What pages show of the records of a journal, read without the cost of whole Records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mmeval.store.lines import opened, parsed


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


def _told(line: bytes) -> Told:
    data, _ = opened(line)
    reply, failure, score = data["reply"], data["failure"], data["score"]
    why = f"{failure['kind']}: {failure['message']}" if failure else ""
    why = f"{why[:400]} ({failure['attempts']}×)" if failure else ""
    note = score["note"] if score else ""
    key, cost = (data["id"], data["epoch"]), data["cost"]
    if reply is None:
        return Told(*key, None, None, None, None, 0.0, False, note + "", why, cost)
    text, reasoning, used = reply["text"] + "", reply["reasoning"], reply["usage"]
    seconds, cached = float(reply["latency_s"]), bool(reply["cached"])
    return Told(
        *key, text, reasoning and reasoning + "", used["input"], used["output"], seconds, cached, note + "", why, cost
    )


def read_told(file: Path) -> Iterator[Told]:
    """Stream what pages show of the records of a journal; raises as `read_records` does."""
    return parsed(file, _told, None)
