"""One vote, and its form as JSON: the names of LMArena's published tables.

`model_a` is the reply that was shown first (on the left). Lines of FastChat's logs are understood, too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from mmeval.errors import DataError

__all__ = ["OUTCOMES", "Vote", "dump_vote", "parse_vote"]

OUTCOMES: Mapping[str, float] = {"model_a": 1.0, "model_b": 0.0, "tie": 0.5, "tie (bothbad)": 0.5}
"""What a winner counts for `model_a`. "Both are bad" is a tie, as on LMArena."""
_WORDS = {"bothbad": "tie (bothbad)", "both_bad": "tie (bothbad)", "both bad": "tie (bothbad)"}
_CHATS = {"leftvote": "model_a", "rightvote": "model_b", "tievote": "tie", "bothbad_vote": "tie (bothbad)"}
"""Types of the lines of a FastChat log that are votes."""


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


def parse_vote(row: Any, where: str) -> Vote | None:
    """The vote of a line; None for a line of a FastChat log that is not a vote."""
    if not isinstance(row, dict):
        raise DataError(f"{where}: not an object")
    if "models" in row and "type" in row:
        return _chat_vote(row, where)
    said = row.get("winner")
    winner = _WORDS.get(said, said) if isinstance(said, str) else ""
    if winner not in OUTCOMES:
        raise DataError(f"{where}: winner is {said!r}; use one of {', '.join(OUTCOMES)}")
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
