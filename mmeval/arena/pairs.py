"""Which replies people compare: questions that several models answered, and the pairs that tell most."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from mmeval.arena.fit import battles_of
from mmeval.arena.said import MADE, Said, kinds_of, said_of
from mmeval.arena.vote import Vote
from mmeval.errors import UsageError
from mmeval.stats.bradley_terry import fit_ratings
from mmeval.store import Run, benchmark_folder

__all__ = ["Pair", "Question", "choose_pairs", "masked", "questions_of"]

PRIOR = 0.1
"""Precision of the prior of a strength in squared log odds, as in `fit_ratings`."""
MASK = "▇▇▇"
EQUAL, ELSEWHERE = "equal replies", "pairs whose media are not in the folder of their run"
"""Why comparisons are left out."""
_COMMON = frozenset(
    (
        "base", "baseline", "chat", "demo", "echo", "flash", "image", "instruct", "language", "large", "latest", "lite",
        "local", "mini", "mock", "model", "multimodal", "nano", "preview", "random", "small", "text", "transformers",
        "turbo", "vision", "visual", "vllm",
    )
)  # fmt: skip
"""Parts of model names that are words of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One sample with the replies of at least two models."""

    run: Run
    """Any of the runs: they share the samples."""
    sample: str
    replies: Mapping[str, Said]
    """By model."""
    category: tuple[str, ...]
    """What was made, if anything; the benchmark; the sample's category where it has one."""

    @property
    def key(self) -> tuple[str, str]:
        """Folder of the benchmark, which names its version and variant, and the sample."""
        return benchmark_folder(self.run.info.spec), self.sample


@dataclass(frozen=True, slots=True)
class Pair:
    """Two replies to one question."""

    question: Question
    first: str
    second: str


def questions_of(runs: Sequence[Run]) -> list[Question]:
    """The questions that at least two models of these runs answered, in the order of the runs.

    Raises:
        UsageError: a run has no journal, two runs are of one model on the same questions, or no models share any.
    """
    found: list[Question] = []
    for group in _shared(runs).values():
        found += _questions(group)
    if not found:
        raise UsageError(
            "no two of these runs answered the same questions; give runs of several models on one benchmark"
        )
    return found


def _shared(runs: Sequence[Run]) -> Mapping[tuple[str, str | None], list[Run]]:
    groups: dict[tuple[str, str | None], list[Run]] = defaultdict(list)
    for run in runs:
        if not run.files.journal.is_file():
            raise UsageError(f"{run.path}: no replies here (no {run.files.journal.name}), so nobody can compare them")
        known = groups[benchmark_folder(run.info.spec), run.info.samples_digest]
        if any(one.info.spec.model == run.info.spec.model for one in known):
            raise UsageError(
                f"{run.path}: a second run of {run.info.spec.model} on the same questions; give one of them"
            )
        known.append(run)
    return groups


def _questions(runs: Sequence[Run]) -> Iterator[Question]:
    replies: dict[str, dict[str, Said]] = defaultdict(dict)
    category: dict[str, tuple[str, ...]] = {}
    for run in runs:
        for record in run.records():
            said = said_of(record, run.files.media)
            if said is not None:
                replies[record.id][run.info.spec.model] = said
                category[record.id] = (run.info.spec.benchmark, record.tags.get("category", ""))
    for sample, said_by in replies.items():
        if len(said_by) > 1:
            made = (MADE[kind] for kind in sorted(kinds_of(said_by.values())))
            tags = tuple(dict.fromkeys(tag for tag in (*made, *category[sample]) if tag))
            yield Question(run=runs[0], sample=sample, replies=said_by, category=tags)


def choose_pairs(
    questions: Sequence[Question], number: int, *, votes: Sequence[Vote] = (), seed: int = 0
) -> tuple[list[Pair], Mapping[str, int]]:
    """Choose the pairs whose votes are expected to tell most about the ratings, each question and pair of models once.

    Each step takes the two models that reduce the determinant of the covariance of the strengths most (D-optimality),
    given the votes so far and the pairs already chosen. Equal replies are left out, and those whose media are not here.

    Returns:
        The pairs, with sides in random order, and how many comparisons were left out for which reason.

    Raises:
        UsageError: no pair has its media here.
    """
    draw = np.random.default_rng(seed)
    names = sorted({name for question in questions for name in question.replies})
    left, waiting = _comparisons(questions, draw)
    if left[ELSEWHERE] and not any(waiting.values()):
        away = sorted({name for one in questions for name, said in one.replies.items() if said.missing})
        raise UsageError(
            f"none of {left[ELSEWHERE]} pairs can be shown: what {', '.join(away)} made is not in media/ of the run "
            "folder; copy that folder from where the run was made"
        )
    covariance, weights = _known(names, votes)
    pairs: list[Pair] = []
    while len(pairs) < number and any(waiting.values()):
        i, j = _best(names, waiting, covariance, weights, draw)
        question = waiting[names[i], names[j]].pop()
        first, second = (names[i], names[j]) if draw.random() < 0.5 else (names[j], names[i])
        pairs.append(Pair(question, first, second))
        covariance = _observed(covariance, i, j, weights[i, j])
    order = draw.permutation(len(pairs))
    return [pairs[k] for k in order], left


def _comparisons(
    questions: Sequence[Question], draw: np.random.Generator
) -> tuple[Counter[str], dict[tuple[str, str], list[Question]]]:
    """The questions on which two models may be compared, in random order, by the pair of models."""
    left: Counter[str] = Counter()
    waiting: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for k in draw.permutation(len(questions)):
        question = questions[k]
        for pair in combinations(sorted(question.replies), 2):
            first, second = (question.replies[name] for name in pair)
            if first.missing or second.missing:
                left[ELSEWHERE] += 1
            elif first.content == second.content:
                left[EQUAL] += 1
            else:
                waiting[pair].append(question)
    return left, waiting


def _known(names: Sequence[str], votes: Sequence[Vote]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Covariance of the strengths after the votes so far, and the information of one more vote on each pair."""
    size = len(names)
    among = [vote for vote in votes if vote.model_a in names and vote.model_b in names]
    if len({vote.voter for vote in among}) < 2:
        return np.eye(size) / PRIOR, np.full((size, size), 0.25)
    found = fit_ratings(battles_of(among, names, styled=False), size, ridge=PRIOR)
    chance = 1 / (1 + np.exp(found.strengths[None, :] - found.strengths[:, None]))
    return found.covariance, chance * (1 - chance)


def _best(
    names: Sequence[str],
    waiting: Mapping[tuple[str, str], Sequence[Question]],
    covariance: NDArray[np.float64],
    weights: NDArray[np.float64],
    draw: np.random.Generator,
) -> tuple[int, int]:
    index = {name: k for k, name in enumerate(names)}
    open_pairs = [(index[a], index[b]) for (a, b), left in waiting.items() if left]
    i, j = np.array(open_pairs).T
    variance = np.diag(covariance)
    gains = weights[i, j] * (variance[i] + variance[j] - 2 * covariance[i, j])
    best = int(draw.choice(np.flatnonzero(gains >= gains.max() * (1 - 1e-9))))
    return open_pairs[best]


def _observed(covariance: NDArray[np.float64], i: int, j: int, weight: float) -> NDArray[np.float64]:
    """The covariance after one more vote between i and j (Sherman and Morrison)."""
    along = covariance[:, i] - covariance[:, j]
    updated: NDArray[np.float64] = covariance - weight * np.outer(along, along) / (1 + weight * (along[i] - along[j]))
    return updated


def masked(text: str, models: Iterable[str]) -> tuple[str, bool]:
    """The text without the names of these models, and whether it had any.

    Names are the whole id, its last part, and words of four letters or more in it that name nothing else.
    """
    parts: set[str] = set()
    for model in models:
        parts |= {model, model.rpartition("/")[2]}
        parts |= {word for word in re.findall("[a-z]{4,}", model.lower()) if word not in _COMMON}
    longest_first = sorted((part for part in parts if len(part) > 2), key=len, reverse=True)
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(part)}(?!\w)" for part in longest_first), re.IGNORECASE)
    found = pattern.sub(MASK, text)
    return found, found != text
