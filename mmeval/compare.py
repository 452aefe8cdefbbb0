"""Two runs side by side: how they were made differently, and what changed sample by sample."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mmeval.comparable import Change, changes, refused
from mmeval.errors import NotComparableError, RunFailedError
from mmeval.stats.paired import Difference, difference
from mmeval.store import Run, ScoreRow, asking_order
from mmeval.types import Status

__all__ = [
    "Comparison", "Item", "Pair", "Side", "all_right", "by_cluster", "compare", "filled", "only", "read_side", "select",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One sample of one run, over all its epochs."""

    scores: tuple[tuple[int, float], ...]
    """Epoch and score of every epoch that has a score."""
    planned: int
    """Number of epochs that the run asks."""
    answer: str | None
    """Answer in the first epoch."""
    cluster: str | None
    statuses: tuple[Status, ...]
    """Of every reply; empty for a sample that the run never had."""
    unparsed: float
    """Share of the replies in which the scorer found no answer."""

    @property
    def score(self) -> float | None:
        """Mean over the epochs that have a score; None if none has."""
        return math.fsum(score for _, score in self.scores) / len(self.scores) if self.scores else None

    @property
    def missing(self) -> float:
        """Share of the epochs without a score."""
        return max(0.0, 1 - len(self.scores) / self.planned)

    @property
    def low(self) -> float:
        """The mean if every epoch without a score had the score 0."""
        return (self.score or 0.0) * (1 - self.missing)

    @property
    def high(self) -> float:
        """The mean if every epoch without a score had the score 1."""
        return self.low + self.missing


NOTHING = Item((), 1, None, None, (), 0.0)
"""A sample that a run does not have."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs of a comparison."""

    run: Run
    items: Mapping[str, Item]

    @property
    def counts(self) -> Counter[Status]:
        """Number of rows by status."""
        return Counter(status for item in self.items.values() for status in item.statuses)

    @property
    def missing(self) -> list[str]:
        """Sorted ids of the samples without a score."""
        return sorted(key for key, item in self.items.items() if item.score is None)

    def bounds(self) -> tuple[float, float]:
        """The mean with everything that is missing counted as 0, and as 1."""
        low = math.fsum(item.low for item in self.items.values())
        high = math.fsum(item.high for item in self.items.values())
        return low / len(self.items), high / len(self.items)

    def mean(self) -> float | None:
        """Mean over the samples that have a score; None if none has."""
        known = [item.score for item in self.items.values() if item.score is not None]
        return math.fsum(known) / len(known) if known else None


@dataclass(frozen=True, slots=True)
class Pair:
    """One sample that both runs have a score for."""

    id: str
    base: float
    candidate: float
    cluster: str | None
    base_answer: str | None = None
    candidate_answer: str | None = None

    @property
    def change(self) -> float:
        """Candidate minus base."""
        return self.candidate - self.base


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything that `mmeval diff` shows and that a gate decides on."""

    base: Side
    candidate: Side
    changes: tuple[Change, ...]
    pairs: tuple[Pair, ...]
    """Sorted by id."""
    only_base: tuple[str, ...]
    """Ids that only the base run has."""
    only_candidate: tuple[str, ...]
    unmeasured: tuple[str, ...]
    """Ids that are in both sides, but not in both with a score."""
    difference: Difference | None
    """None if there are no pairs."""

    @property
    def both(self) -> list[str]:
        """Sorted ids that are in both sides."""
        return sorted([*(pair.id for pair in self.pairs), *self.unmeasured])

    @property
    def absent(self) -> list[str]:
        """Ids that `filled` has added, because the candidate run does not have them."""
        return [key for key in self.unmeasured if not self.candidate.items[key].statuses]

    @property
    def missing(self) -> float:
        """Number of samples that were not measured in both runs; an epoch counts as its share of the sample."""
        base, candidate = self.base.items, self.candidate.items
        return math.fsum(max(base[key].missing, candidate[key].missing) for key in self.both)

    @property
    def overlap(self) -> float:
        """Share of all ids that both runs have."""
        both = len(self.pairs) + len(self.unmeasured)
        return (both - len(self.absent)) / max(1, both + len(self.only_base) + len(self.only_candidate))

    @property
    def flips(self) -> list[Pair]:
        """The pairs whose score changed, largest losses first."""
        return sorted((pair for pair in self.pairs if pair.change), key=lambda pair: (pair.change, pair.id))

    def extremes(self) -> tuple[list[float], list[float], list[str | None]]:
        """Changes of the samples if all that is missing were worst, and best, for the candidate; and their clusters."""
        worst, best, clusters = list[float](), list[float](), list[str | None]()
        for key in sorted([*self.both, *self.only_base]):
            base, candidate = self.base.items[key], self.candidate.items.get(key, NOTHING)
            worst.append(candidate.low - base.high)
            best.append(candidate.high - base.low)
            clusters.append(base.cluster or candidate.cluster)
        return worst, best, clusters

    def bounds(self, *, level: float) -> tuple[Difference, Difference]:
        """The difference in both cases."""
        worst, best, clusters = self.extremes()
        return difference(worst, clusters, level=level), difference(best, clusters, level=level)


def read_side(run: Run) -> Side:
    """Read the scores of a run; an error rate becomes what is right: 1 minus the score of each sample.

    Raises:
        RunFailedError: there are no scores: nothing was measured.
        StoreError: scores.csv is damaged, or is not the file that the run wrote.
    """
    rows: dict[str, list[ScoreRow]] = {}
    if run.info.scores_digest is not None or run.files.scores.exists():
        for row in run.scores():
            rows.setdefault(row.id, []).append(row)
    if not rows:
        why = f" ({run.info.reason})" if run.info.reason else ""
        raise RunFailedError(f"{run.path}: the run is {run.info.status} and measured nothing{why}")
    epochs = run.info.spec.epochs
    return Side(run, {key: _item(group, epochs, run.info.wrong) for key, group in sorted(rows.items())})


def _item(rows: Sequence[ScoreRow], epochs: int, wrong: float) -> Item:
    unparsed = [row.status in ("ok", "truncated") and row.score is not None and row.answer is None for row in rows]
    return Item(
        scores=tuple(sorted((row.epoch, abs(row.score - wrong)) for row in rows if row.score is not None)),
        planned=max(epochs, len(rows)),
        answer=rows[0].answer,
        cluster=rows[0].cluster,
        statuses=tuple(row.status for row in rows),
        unparsed=sum(unparsed) / len(rows),
    )


def filled(candidate: Side, base: Side) -> Side:
    """The candidate with every id of the base: a sample that it does not have is one that it did not measure.

    Its samples get the clusters of the base, so that a cluster has the same members on both sides.
    """
    items = dict(candidate.items)
    for key, item in base.items.items():
        found = items.get(key, NOTHING)
        items[key] = found if item.cluster in (None, found.cluster) else replace(found, cluster=item.cluster)
    return Side(candidate.run, dict(sorted(items.items())))


def compare(base: Side, candidate: Side, *, level: float = 0.9, seed: int = 0) -> Comparison:
    """Pair two runs by sample id.

    Args:
        base: the run before the change.
        candidate: the run after it.
        level: level of the two-sided interval; at 0.9 each end is a one-sided 95 % bound.
        seed: seed of the sign-flip test, where flips are drawn and not enumerated.

    Raises:
        NotComparableError: the runs are of different benchmarks or have no sample in common.
    """
    foreign = refused(base.run.info, candidate.run.info, "paired")
    if foreign:
        raise NotComparableError(f"the samples of the runs cannot be paired: {'; '.join(map(str, foreign))}")
    both = sorted(base.items.keys() & candidate.items.keys())
    if not both:
        name = base.run.info.spec.benchmark
        raise NotComparableError(f"{name}: no sample id is in both {base.run.path} and {candidate.run.path}")
    pairs = tuple(pair for key in both if (pair := _pair(key, base.items[key], candidate.items[key])) is not None)
    found = difference([p.change for p in pairs], [p.cluster for p in pairs], level=level, seed=seed) if pairs else None
    return Comparison(
        base=base,
        candidate=candidate,
        changes=changes(base.run.info, candidate.run.info),
        pairs=pairs,
        only_base=tuple(sorted(base.items.keys() - candidate.items.keys())),
        only_candidate=tuple(sorted(candidate.items.keys() - base.items.keys())),
        unmeasured=tuple(sorted(set(both) - {pair.id for pair in pairs})),
        difference=found,
    )


def _pair(key: str, base: Item, candidate: Item) -> Pair | None:
    if base.score is None or candidate.score is None:
        return None
    return Pair(key, base.score, candidate.score, base.cluster or candidate.cluster, base.answer, candidate.answer)


def by_cluster(side: Side) -> Side:
    """One item per cluster, which is right in an epoch if all its samples are: circular evaluation, pairs, groups."""
    groups: dict[str, list[Item]] = {}
    for key, item in side.items.items():
        groups.setdefault(item.cluster or key, []).append(item)
    return Side(side.run, {key: all_right(groups[key]) for key in sorted(groups)})


def all_right(items: Sequence[Item]) -> Item:
    """A cluster as one item: in each epoch, its score is the lowest of its samples.

    So its mean does not depend on the number of epochs. An epoch with an unmeasured sample is unmeasured.
    """
    scores = [dict(item.scores) for item in items]
    whole = sorted(set(scores[0]).intersection(*scores[1:]))
    return Item(
        scores=tuple((epoch, min(found[epoch] for found in scores)) for epoch in whole),
        planned=max(item.planned for item in items),
        answer=" | ".join(item.answer or "" for item in items) or None,
        cluster=None,
        statuses=tuple(status for item in items for status in item.statuses),
        unparsed=math.fsum(item.unparsed for item in items) / len(items),
    )


def select(side: Side, n: int | None, *, seed: int) -> list[str]:
    """The first `n` ids (all for None) in a random order; clusters stay whole, so there may be a few more.

    The order depends on the seed and the clusters (or ids) alone, never on scores. A run that may stop early asks its
    samples in the same order.
    """
    order = sorted(side.items, key=lambda key: asking_order(seed, key, side.items[key].cluster))
    if n is None or n >= len(order):
        return order
    while (
        n < len(order)
        and side.items[order[n]].cluster
        and side.items[order[n]].cluster == side.items[order[n - 1]].cluster
    ):
        n += 1
    return order[:n]


def only(side: Side, ids: Iterable[str]) -> Side:
    """The side reduced to these ids."""
    wanted = set(ids)
    return Side(side.run, {key: item for key, item in side.items.items() if key in wanted})
