"""Judges that compare all frames of a film with each other, or with a text. They are models of features."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mmeval.errors import ScoreError
from mmeval.sampling import video_policy
from mmeval.scorers.base import Scorer
from mmeval.scorers.identity import describe, joined
from mmeval.scorers.targets import plain
from mmeval.types import Prompt, Reply, Request, Sample, Score, Video

__all__ = ["frames_alike", "frames_like"]

EVERY = "frames=1024"
"""All frames of a film, unless there are more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A rule that asks a judge once for cosines of all frames of a film; the value is their mean, below 0 as 0."""

    name: str
    choices: Callable[[Sample], tuple[str, ...]]
    """What each frame is compared with."""
    count: Callable[[Sequence[float]], Sequence[float]]
    """Which of the cosines count."""

    @property
    def stages(self) -> tuple[Any, ...]:
        """The functions that decide the value."""
        return (self.choices, self.count)

    @property
    def digest(self) -> str:
        """sha256 of what is asked, hexadecimal."""
        return joined([self.name, EVERY, *map(describe, self.stages)])

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Request | Score:
        """The one request."""
        film = next(made for made in reply.media if isinstance(made, Video))
        shown = replace(film, policy=video_policy(EVERY))
        return Request(prompt=(shown,), want="choice", choices=self.choices(sample))

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Request | Score:
        """The mean; raises ScoreError for scores that are no cosines."""
        del sample, reply
        for one in verdicts[-1].scores:
            if not -1.01 <= one <= 1.01:
                raise ScoreError(f"{one:g} is no cosine; let the judge give them: --judge-options cosine=true")
        cosines = [min(1.0, max(0.0, one)) for one in self.count(verdicts[-1].scores)]
        value = math.fsum(cosines) / len(cosines)
        note = f"lowest {min(cosines):.4f}, of {len(cosines)}"
        return Score(value=value, answer=f"{value:.4f}", rule=f"judge:{self.name}", note=note)


def _others(sample: Sample) -> tuple[str, ...]:
    del sample
    return ("before", "first")


def after_first(cosines: Sequence[float]) -> Sequence[float]:
    """Without those of the first frame with itself, which tell that the judge compares frames, and not words."""
    if any(abs(one - 1) > 0.01 for one in cosines[:2]):
        raise ScoreError("the judge compares frames with words; ask one that compares them with each other: likeness/")
    if len(cosines) < 4 or len(cosines) % 2:
        raise ScoreError(f"{len(cosines)} cosines, so fewer than two frames")
    return cosines[2:]


def _text(sample: Sample) -> tuple[str, ...]:
    return (plain(sample.target),)


def every(cosines: Sequence[float]) -> Sequence[float]:
    """All of them."""
    if not cosines:
        raise ScoreError("the judge gave no cosine")
    return cosines


def frames_alike() -> Scorer:
    """Mean cosine of each frame with the one before it and with the first, by a judge `likeness/...`.

    Subject consistency of VBench with the features of DINO, and background consistency with those of CLIP (Huang et
    al., CVPR 2024, 3.2).
    """
    rule = Compared(name="frames_alike", choices=_others, count=after_first)
    return Scorer(name="frames_alike", version=1, rules={"mmeval": rule})


def frames_like() -> Scorer:
    """Mean cosine of each frame with the text of the target, by a judge `similarity/...` with cosine=true.

    Appearance style of VBench (Huang et al., CVPR 2024, 3.2).
    """
    rule = Compared(name="frames_like", choices=_text, count=every)
    return Scorer(name="frames_like", version=1, rules={"mmeval": rule})
