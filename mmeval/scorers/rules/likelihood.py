"""Multiple choice by scores: the model scores every option, and the highest score is its answer."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase

from mmeval.errors import ScoreError
from mmeval.scorers import targets
from mmeval.scorers.base import Scorer
from mmeval.types import Reply, Sample, Score

SHOWN = 8
"""Options that a note about a tie names."""
TOP = 5
KEPT = 10
"""Highest scores that `ranked` reads; more than TOP, and than a note shows."""


def best_choice() -> Scorer:
    """For benchmarks with `want="choice"`: right when the correct option alone has the highest score.

    A tie for the highest score is wrong, as in Winoground (Thrush et al., 2022): a model that scores all options
    alike has not answered. The profile `per_token` divides each log-probability by the tokens of its option, so that
    longer options are not less likely for their length; scores without tokens, such as similarities, stay as they are.
    """
    return Scorer(name="best_choice", version=1, rules={"official": _best, "per_token": _best_per_token})


def _best(sample: Sample, reply: Reply) -> Score:
    return _highest(sample, reply.scores)


def _best_per_token(sample: Sample, reply: Reply) -> Score:
    if not reply.tokens:
        return _highest(sample, reply.scores)
    return _highest(sample, [score / count for score, count in zip(reply.scores, reply.tokens, strict=True)])


def _highest(sample: Sample, scores: Sequence[float]) -> Score:
    if len(scores) != len(sample.choices):
        raise ScoreError(f"{len(scores)} scores for {len(sample.choices)} choices")
    highest = max(scores)
    best = [i for i, score in enumerate(scores) if score == highest]
    names = [_name(sample, i) for i in best]
    if len(best) > 1:
        return Score(value=0.0, answer=None, rule="tie", note=f"{', '.join(names[:SHOWN])} have the same score")
    right = names[0] in targets.texts(sample) if _many(sample) else _named(sample, names[0])
    return Score(value=float(right), answer=names[0], rule="highest score")


def _named(sample: Sample, letter: str) -> bool:
    return letter in targets.target_letters(sample, ascii_uppercase)


def _many(sample: Sample) -> bool:
    """Whether there are more options than letters; they are then named by their texts, in the target, too."""
    return len(sample.choices) > len(ascii_uppercase)


def _name(sample: Sample, index: int) -> str:
    return sample.choices[index] if _many(sample) else ascii_uppercase[index]


def matched() -> Scorer:
    """For as many pictures as captions, of which the first belongs to the first, and so on: right in both directions.

    The reply has a score for each pair, picture by picture. The text is right when every picture is more similar to its
    own caption than to any other, the image when every caption is more similar to its own picture. Ties are wrong.
    Source: https://huggingface.co/datasets/facebook/winoground (text_correct, image_correct, group_correct).
    """
    return Scorer(name="matched", version=1, rules={"official": _matched})


def _matched(sample: Sample, reply: Reply) -> Score:
    count = len(sample.choices)
    if len(reply.scores) != count * count:
        raise ScoreError(
            f"{len(reply.scores)} scores for {count} pictures with {count} captions: only a model of similarity scores"
            " every pair"
        )
    rows = [reply.scores[i * count : (i + 1) * count] for i in range(count)]
    columns = list(zip(*rows, strict=True))
    ways = [way for way, lines in (("text", rows), ("image", columns)) if all(map(_own_highest, enumerate(lines)))]
    return Score(value=float(len(ways) == 2), answer="+".join(ways) or "neither", rule="own score highest")


def _own_highest(numbered: tuple[int, Sequence[float]]) -> bool:
    """Whether the line's own score is higher than all others."""
    own, line = numbered
    return all(score < line[own] for i, score in enumerate(line) if i != own)


def ranked() -> Scorer:
    """For many options, by their texts: right when the correct one alone has the highest score.

    The rule of a score says whether it is in the top 5.
    It is, when fewer than five other options have its score or a higher one, so a tie is no help. Replies keep the
    KEPT highest scores, which decide both exactly: an option that is not among them has KEPT others before it.
    """
    return Scorer(name="ranked", version=1, rules={"official": _ranked}, keeps=KEPT)


def _ranked(sample: Sample, reply: Reply) -> Score:
    best = _best_first(sample, reply)
    highest, target = best[0][0], set(targets.texts(sample))
    first = [i for score, i in best if score == highest]
    if target.isdisjoint(sample.choices):
        raise ScoreError("the target is none of the choices")
    own = max((score for score, i in best if sample.choices[i] in target), default=None)
    before = KEPT if own is None else sum(score >= own for score, _ in best) - 1
    rule = "top 5" if before < TOP else "below the top 5"
    if len(first) > 1:
        names = ", ".join(sample.choices[i] for i in first[:SHOWN])
        return Score(value=0.0, answer=None, rule=rule, note=f"{names} have the same score")
    return Score(value=float(before == 0), answer=sample.choices[first[0]], rule="top 1" if before == 0 else rule)


def _best_first(sample: Sample, reply: Reply) -> list[tuple[float, int]]:
    """The KEPT highest scores with the places of their options."""
    count, places = len(sample.choices), reply.places or range(len(reply.scores))
    expected = min(KEPT, count) if reply.places else count
    if len(reply.scores) != expected or len(set(places)) != expected or not all(0 <= i < count for i in places):
        raise ScoreError(f"{len(reply.scores)} scores for {count} choices")
    pairs = zip(reply.scores, places, strict=True)
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1]))[:KEPT]
