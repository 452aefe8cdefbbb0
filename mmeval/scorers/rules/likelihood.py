"""Multiple choice by scores: the model scores every option, and the highest score is its answer."""

from __future__ import annotations

from string import ascii_uppercase

from mmeval.errors import ScoreError
from mmeval.scorers import targets
from mmeval.scorers.base import Scorer
from mmeval.types import Reply, Sample, Score


def best_choice() -> Scorer:
    """For benchmarks with `want="choice"`: right when the correct option alone has the highest score.

    A tie for the highest score is wrong, as in Winoground (Thrush et al., 2022): a model that scores all options
    alike has not answered.
    """
    return Scorer(name="best_choice", version=1, rules={"official": _best})


def _best(sample: Sample, reply: Reply) -> Score:
    if len(reply.scores) != len(sample.choices):
        raise ScoreError(f"{len(reply.scores)} scores for {len(sample.choices)} choices")
    highest = max(reply.scores)
    best = [ascii_uppercase[i] for i, score in enumerate(reply.scores) if score == highest]
    if len(best) > 1:
        return Score(value=0.0, answer=None, rule="tie", note=f"{', '.join(best)} have the same score")
    right = best[0] in targets.target_letters(sample, ascii_uppercase)
    return Score(value=float(right), answer=best[0], rule="highest score")
