"""The track of a judge: ratings from a model's votes, its agreement with people, and what people's votes correct."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mmeval.arena.fit import ArenaTable, fit_table
from mmeval.arena.judge import JUDGE
from mmeval.arena.vote import OUTCOMES, Vote
from mmeval.stats.agreement import cohen_kappa
from mmeval.types import Estimate

__all__ = ["Agreement", "JudgeTrack", "judge_tracks"]

ENOUGH = 20
"""Pairs with votes of people and of the judge, below which the judge is not corrected by them."""
Subject = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How a judge's votes compare with those of people on the same pairs of replies."""

    pairs: int
    same: float
    """Share of pairs with the same winner, or a tie in both; people's winner is that of the majority."""
    kappa: Estimate
    """Cohen's kappa."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeTrack:
    """What one judge's votes say."""

    judge: str
    table: ArenaTable
    corrected: ArenaTable | None
    """With the judge's error on the pairs that people voted on taken out; None: too few such pairs."""
    agreement: Agreement | None
    """None: no pair in common."""


def judge_tracks(judged: Sequence[Vote], human: Sequence[Vote]) -> list[JudgeTrack]:
    """One track for each judge among the votes, in the order of their names."""
    people = _people(human)
    return [
        _track(name, [vote for vote in judged if vote.voter == name], people)
        for name in sorted({vote.voter for vote in judged})
    ]


def _track(name: str, votes: Sequence[Vote], people: Mapping[Subject, float]) -> JudgeTrack:
    common = [vote for vote in votes if _subject(vote) in people]
    # A judge is one voter. What varies is the questions, so its votes on one question hang together.
    asked = [vote._replace(voter=f"{vote.benchmark}:{vote.sample}") for vote in votes]
    corrected = fit_table(asked, outcomes=_corrected(asked, people, len(common))) if len(common) >= ENOUGH else None
    return JudgeTrack(
        judge=name.removeprefix(JUDGE),
        table=fit_table(asked),
        corrected=corrected,
        agreement=_agreement(common, people) if common else None,
    )


def _corrected(votes: Sequence[Vote], people: Mapping[Subject, float], common: int) -> list[float]:
    """Outcomes by which the fit solves the prediction-powered estimating equation (Angelopoulos et al. 2023).

    On pairs that people voted on, the judge's error is added with weight N/n: votes of the judge / pairs in common. The
    pairs that people see have to be a random part of those that the judge sees.
    """
    weight = len(votes) / common
    found = []
    for vote in votes:
        said = OUTCOMES[vote.winner]
        right = people.get(_subject(vote))
        found.append(said if right is None else said + weight * (_turned(right, vote) - said))
    return found


def _agreement(votes: Sequence[Vote], people: Mapping[Subject, float]) -> Agreement:
    judge = [_word(OUTCOMES[vote.winner]) for vote in votes]
    human = [_word(_turned(people[_subject(vote)], vote)) for vote in votes]
    same = sum(one == other for one, other in zip(judge, human, strict=True)) / len(votes)
    clusters = [f"{vote.benchmark}:{vote.sample}" for vote in votes]
    return Agreement(pairs=len(votes), same=same, kappa=cohen_kappa(human, judge, clusters=clusters))


def _people(votes: Sequence[Vote]) -> dict[Subject, float]:
    """Mean outcome of people's votes for the first model in the order of names, by pair of replies."""
    found: dict[Subject, list[float]] = defaultdict(list)
    for vote in votes:
        if vote.sample:
            found[_subject(vote)].append(_turned(OUTCOMES[vote.winner], vote))
    return {subject: sum(values) / len(values) for subject, values in found.items()}


def _subject(vote: Vote) -> Subject:
    first, second = sorted((vote.model_a, vote.model_b))
    return vote.benchmark, vote.sample, first, second


def _turned(outcome: float, vote: Vote) -> float:
    """Turn an outcome between "for model_a" and "for the first model in the order of names"."""
    return outcome if vote.model_a <= vote.model_b else 1 - outcome


def _word(outcome: float) -> str:
    return "first" if outcome > 0.5 else "second" if outcome < 0.5 else "tie"
