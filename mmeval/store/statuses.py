"""What a record's status means: whether there is a score, whether to ask again, and what the headline does with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mmeval.types import MEDIA, Record, Reply, Score, Status, Want

__all__ = ["COVERAGE", "OPEN", "REFUSALS", "UNMEASURED", "counted", "status_of"]

UNMEASURED: Final[frozenset[Status]] = frozenset({"error", "timeout", "invalid_input", "unsupported", "judge_error"})
"""There is no reply that could be scored; the model was not measured on this sample."""
OPEN: Final[frozenset[Status]] = frozenset({"error", "timeout", "judge_error"})
"""The unmeasured ones that may go away: resuming a run asks these samples again.

`invalid_input` and `unsupported` are not among them because the same request would end the same way.
"""
REFUSALS: Final[frozenset[Status]] = frozenset({"refused", "filtered", "empty"})
"""The model or its provider replied without an answer."""

COVERAGE: Final = 0.99
"""Share of its samples that a run must have measured to be ranked. No budget for errors changes it."""


def counted(record: Record, policy: Mapping[Status, str], *, zeros: bool, wrong: float = 0.0) -> Score | None:
    """The score with which a record enters the headline; None leaves the record out.

    Args:
        record: one record of the journal.
        policy: the benchmark's `policy`: by status `score` or `zero`; a status that is absent is left out.
        zeros: False leaves out the records that the policy counts as wrong.
        wrong: the score of a wrong answer: 0, or 1 in a metric for which lower is better.
    """
    if record.status == "ok":
        return record.score
    rule = policy.get(record.status, "exclude")
    if rule == "score":
        return record.score
    if rule == "zero" and zeros:
        return Score(value=wrong, answer=None, rule=f"status:{record.status}")
    return None


_FINISHES: Final[Mapping[str, Status]] = {"length": "truncated", "refused": "refused", "filtered": "filtered"}


def status_of(reply: Reply, want: Want = "text") -> Status:
    """The status of a reply before it is scored; one that lacks the media that were wanted is `empty`."""
    if reply.finish in _FINISHES:
        return _FINISHES[reply.finish]
    wanted = any(one.kind == want for one in reply.media) if want in MEDIA else not reply.empty
    return "ok" if wanted else "empty"
