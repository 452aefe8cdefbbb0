"""The correct answer of a question as people read it: a text, or the facts of a structure as labels and values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mmeval.sitegen.marks import target_label
from mmeval.sitegen.text import short
from mmeval.store import StoredSample
from mmeval.types import JSON

__all__ = ["NAMES", "plain", "target_facts", "target_line", "target_text"]

NAMES = (
    "answer", "answers", "colour", "colours", "count", "groups", "heights", "hertz", "hour", "kind", "minute",
    "ordered", "questions", "radius", "relation", "seconds", "shape", "things", "to", "tolerance", "tones", "way",
)  # fmt: skip
"""Names of facts that have a message, `target.NAME`; others are shown as they are."""
MOST = 24
"""Facts that a page shows."""
MAIN = ("answer", "answers")
"""The keys of a structure that hold the answer itself; its other keys say how exact it has to be."""
DROPPED = ("task", "words", "needs", "one", "other")
"""What the question or the page says already, and numbers of other facts."""
Fact = list[Any]
"""A name, its number among equals from 1 (0 for none), and pairs of a name, which may be empty, and a value."""


def target_text(sample: StoredSample) -> str:
    """The correct answer in one line, of a letter also its option; empty for a structure without one."""
    target = sample.target
    if isinstance(target, dict) and not target_label(target):
        found = next((target[key] for key in MAIN if key in target), None)
        return "" if found is None or _nested(found) else plain(found)
    text = target_label(target) or plain(target)
    place = ord(text) - ord("A") if len(text) == 1 else -1
    return f"{text} · {sample.choices[place]}" if 0 <= place < len(sample.choices) else text


def target_line(sample: StoredSample) -> str:
    """The correct answer in one line, of a structure all of it."""
    target = sample.target
    said = {key: one for key, one in target.items() if _says(key, one)} if isinstance(target, dict) else None
    return target_text(sample) or plain(said)


def target_facts(target: JSON) -> list[Fact]:
    """What a structure says beside `target_text`; nothing for a plain answer or a place in the picture."""
    if not isinstance(target, dict) or {"width", "height"} <= set(target):
        return []
    facts = [fact for key, value in target.items() if _says(key, value) for fact in _facts(key, value)]
    return [*facts[:MOST], ["…", 0, [["", f"+ {len(facts) - MOST}"]]]] if len(facts) > MOST else facts


def _says(key: str, value: JSON) -> bool:
    idle = key in ("tolerance", "ordered") and not value
    return key not in DROPPED and not idle and value not in (None, "", [], {}) and (key not in MAIN or _nested(value))


def _nested(value: JSON) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, dict) for one in value))


def _facts(key: str, value: JSON) -> Iterator[Fact]:
    if isinstance(value, list) and _nested(value):
        for number, one in enumerate(value, 1):
            yield [short(key, 40), number, _pairs(one)]
    elif isinstance(value, dict) and key in MAIN:
        yield from ([short(name, 40), 0, _pairs(one)] for name, one in value.items())
    else:
        yield [short(key, 40), 0, _pairs(value)]


def _pairs(value: JSON) -> list[list[str]]:
    if not isinstance(value, dict):
        return [["", short(plain(value, ", "), 300)]]
    said = ((name, one) for name, one in value.items() if _says(name, one) or name in MAIN)
    return [["" if name == "ask" else short(name, 40), short(plain(one, ", "), 300)] for name, one in said]


def plain(value: JSON, between: str = " | ") -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, list):
        return between.join(plain(item, between) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {plain(one, ', ')}" for name, one in value.items())
    return "" if value is None else str(value)
