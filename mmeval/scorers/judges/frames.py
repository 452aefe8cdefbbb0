"""Judges that give numbers to all frames of a film: how alike they are, how near to a text, how good they look.

They are models of features, which compare or rate and say nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from mmeval.errors import ScoreError
from mmeval.sampling import video_policy
from mmeval.scorers.base import Scorer
from mmeval.scorers.identity import describe, joined
from mmeval.scorers.judges.making import asked_for
from mmeval.scorers.targets import plain
from mmeval.types import Image, Prompt, Reply, Request, Sample, Score, Video

__all__ = ["clip_score", "frames_alike", "frames_like", "frames_rated"]

EVERY = "frames=1024"
"""All frames of a film, unless there are more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A rule that asks a judge once for numbers of all frames of a film, or of an image; the value is their mean.

    A number below 0 counts as 0, and one above 1 as 1.
    """

    name: str
    choices: Callable[[Sample], tuple[str, ...]]
    """What is asked about each frame."""
    count: Callable[[Sequence[float]], Sequence[float]]
    """Makes the numbers that count from the judge's; raises ScoreError if they are not what was asked for."""

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
        made = next(one for one in reply.media if isinstance(one, Image | Video))
        shown = replace(made, policy=video_policy(EVERY)) if isinstance(made, Video) else made
        return Request(prompt=(shown,), want="choice", choices=self.choices(sample))

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Request | Score:
        """The mean; raises ScoreError for scores of another kind."""
        del sample, reply
        found = [min(1.0, max(0.0, one)) for one in self.count(verdicts[-1].scores)]
        value = math.fsum(found) / len(found)
        note = f"lowest {min(found):.4f}, of {len(found)}"
        return Score(value=value, answer=f"{value:.4f}", rule=f"judge:{self.name}", note=note)


def _cosines(scores: Sequence[float]) -> Sequence[float]:
    """The scores; raises ScoreError unless they are cosines."""
    if not scores:
        raise ScoreError("the judge gave no cosine")
    for one in scores:
        if not -1.01 <= one <= 1.01:
            raise ScoreError(f"{one:g} is not a cosine; let the judge give them: --judge-options cosine=true")
    return scores


def _others(sample: Sample) -> tuple[str, ...]:
    del sample
    return ("before", "first")


def after_first(scores: Sequence[float]) -> Sequence[float]:
    """Without those of the first frame with itself, which tell that the judge compares frames, and not words."""
    cosines = _cosines(scores)
    if any(abs(one - 1) > 0.01 for one in cosines[:2]):
        raise ScoreError("the judge compares frames with words; ask one that compares them with each other: likeness/")
    if len(cosines) < 4 or len(cosines) % 2:
        raise ScoreError(f"{len(cosines)} cosines, so fewer than two frames")
    return cosines[2:]


def _text(sample: Sample) -> tuple[str, ...]:
    return (plain(sample.target),)


def _prompt(sample: Sample) -> tuple[str, ...]:
    return (asked_for(sample),)


def every(scores: Sequence[float]) -> Sequence[float]:
    """All of them."""
    return _cosines(scores)


def rescaled(scores: Sequence[float]) -> Sequence[float]:
    """2.5 times each."""
    return [2.5 * one for one in _cosines(scores)]


def _rated(sample: Sample, what: str) -> tuple[str, ...]:
    del sample
    return (what, "highest")


def of_highest(scores: Sequence[float], highest: float) -> Sequence[float]:
    """Each score as a share of the highest one that the judge can give, which it names behind each."""
    if not scores or len(scores) % 2 or any(one != highest for one in scores[1::2]):
        raise ScoreError(f"the judge does not rate frames from 0 to {highest:g}; ask the one that the benchmark names")
    return [one / highest for one in scores[::2]]


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


def clip_score() -> Scorer:
    """CLIPScore of the prompt, by a judge `similarity/...` with cosine=true: 2.5 times the cosine of image and text.

    For a film, the mean over all its frames. (Hessel et al., CLIPScore, EMNLP 2021.) The profile `cosine` is the cosine
    itself, for a film CLIPSIM (Wu et al., GODIVA, arXiv:2104.14806). A cosine below 0 counts as 0.
    """
    rules = {
        name: Compared(name=f"clip_{name}", choices=_prompt, count=count)
        for name, count in (("score", rescaled), ("cosine", every))
    }
    return Scorer(name="clip_score", version=2, rules={"mmeval": rules["score"], "cosine": rules["cosine"]})


def frames_rated(what: str, highest: float) -> Scorer:
    """Mean rating of the frames, as a share of the highest one, by a judge that rates images.

    Aesthetic quality of VBench with `what="aesthetic"` and a judge `aesthetic/...`, and imaging quality with
    `what="quality"` and a judge `quality/...` (Huang et al., CVPR 2024, 3.2).

    Args:
        what: is asked of the judge.
        highest: end of its scale.
    """
    asks, shares = partial(_rated, what=what), partial(of_highest, highest=highest)
    return Scorer(
        name="frames_rated", version=1, rules={"mmeval": Compared(name="frames_rated", choices=asks, count=shares)}
    )
