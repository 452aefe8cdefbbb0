"""Samples of benchmarks whose films and sounds are drawn."""

from __future__ import annotations

from mmeval import prompts
from mmeval.types import Audio, Row, Sample, Video

__all__ = ["about_clip"]

CLOSING = "Answer with the letter of the right option."


def about_clip(row: Row, clip: Video | Audio, question: str) -> Sample:
    """A multiple-choice question about one clip, from a row of `mmeval.animate.asked`."""
    gold = prompts.letter(row["options"].index(row["answer"]))
    return Sample(
        id=row["id"],
        prompt=(clip, *prompts.multiple_choice(question, row["options"], CLOSING)),
        target=gold,
        choices=tuple(row["options"]),
        cluster=row["id"],
        tags={"category": row["kind"], "gold": gold},
    )
