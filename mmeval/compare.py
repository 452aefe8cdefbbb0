"""Two runs side by side: what differs in how they were made, and sample by sample what changed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mmeval.errors import DataError, NotComparableError, RunFailedError
from mmeval.stats.paired import Difference, difference
from mmeval.store import Run, RunInfo, ScoreRow, asking_order
from mmeval.types import Status

__all__ = [
    "SUBJECTS",
    "Change",
    "Comparison",
    "Item",
    "Pair",
    "Side",
    "Subject",
    "by_cluster",
    "changes",
    "compare",
    "only",
    "outside",
    "read_side",
    "select",
]

Subject = Literal["model", "prompt", "adapter", "scorer", "code"]
SUBJECTS: Mapping[Subject, frozenset[str]] = {
    "model": frozenset({"model", "endpoint", "adapter_digest"}),
    "prompt": frozenset({"definition_digest", "options.system"}),
    "adapter": frozenset({"adapter_digest", "endpoint", "media_policy"}),
    "scorer": frozenset({"scorer", "profile", "judge", "judge_digest"}),
    "code": frozenset({"adapter_digest", "definition_digest", "scorer", "media_policy", "mmeval"}),
}
"""What may differ when this is what was changed; everything else must be the same."""
SIZE = frozenset({"limit", "shard", "subset", "epochs"})
"""How much was asked, not how: the samples themselves are paired."""
UNMEASURED: frozenset[Status] = frozenset({"error", "timeout", "invalid_input", "unsupported", "judge_error"})


@dataclass(frozen=True, slots=True)
class Change:
    """A key of the specification in which two runs differ."""

    key: str
    base: Any
    candidate: Any

    def __str__(self) -> str:
        return f"{self.key}: {_short(self.base)} -> {_short(self.candidate)}"


def _short(value: Any) -> str:
    text = str(value)
    if len(text) == 64 and all(c in "0123456789abcdef" for c in text):
        return text[:12]
    return text if len(text) <= 60 else f"{text[:57]}..."


@dataclass(frozen=True, slots=True)
class Item:
    """One sample of one run, epochs together."""

    score: float | None
    """Mean over the epochs that have one; None where nothing was measured."""
    answer: str | None
    """Of the first epoch."""
    cluster: str | None
    statuses: tuple[Status, ...]
    unparsed: bool
    """Whether a reply of some epoch held no answer."""


@dataclass(frozen=True, slots=True)
class Side:
    """One run as it is compared."""

    run: Run
    items: Mapping[str, Item]

    @property
    def counts(self) -> Counter[Status]:
        """Rows by status."""
        return Counter(status for item in self.items.values() for status in item.statuses)

    @property
    def missing(self) -> list[str]:
        """Ids without a score, sorted."""
        return sorted(key for key, item in self.items.items() if item.score is None)

    def mean(self) -> float | None:
        """Mean over samples that have a score."""
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
    """Everything that a diff shows and a gate decides on."""

    base: Side
    candidate: Side
    changes: tuple[Change, ...]
    pairs: tuple[Pair, ...]
    """Sorted by id."""
    only_base: tuple[str, ...]
    """Ids that the candidate was never asked."""
    only_candidate: tuple[str, ...]
    unmeasured: tuple[str, ...]
    """Ids of both runs for which one of them has no score."""
    difference: Difference | None
    """None where no pair is left."""

    @property
    def overlap(self) -> float:
        """Share of the ids of either run that both have."""
        both = len(self.pairs) + len(self.unmeasured)
        return both / max(1, both + len(self.only_base) + len(self.only_candidate))

    @property
    def flips(self) -> list[Pair]:
        """The pairs that changed, the largest losses first."""
        return sorted((pair for pair in self.pairs if pair.change), key=lambda pair: (pair.change, pair.id))

    def bounds(self, *, level: float) -> tuple[Difference, Difference]:
        """The difference if everything unmeasured had spoken against the candidate, and for it."""
        worst, best, clusters = self._changes(), self._changes(), self._clusters()
        for key in self.unmeasured:
            base, candidate = self.base.items[key], self.candidate.items[key]
            low = (0.0 if candidate.score is None else candidate.score) - (1.0 if base.score is None else base.score)
            high = (1.0 if candidate.score is None else candidate.score) - (0.0 if base.score is None else base.score)
            worst.append(low)
            best.append(high)
            clusters.append(base.cluster)
        return difference(worst, clusters, level=level), difference(best, clusters, level=level)

    def _changes(self) -> list[float]:
        return [pair.change for pair in self.pairs]

    def _clusters(self) -> list[str | None]:
        return [pair.cluster for pair in self.pairs]


def changes(base: RunInfo, candidate: RunInfo) -> tuple[Change, ...]:
    """The keys in which two specifications differ, nested ones as `options.temperature`.

    An option that one adapter lacks and the other leaves unset is the same. The mmeval version counts up to its
    minor part: `mmeval`.
    """
    first, second = _flat(base), _flat(candidate)
    keys = sorted(first.keys() | second.keys())
    return tuple(Change(key, first.get(key), second.get(key)) for key in keys if first.get(key) != second.get(key))


def _flat(info: RunInfo) -> dict[str, Any]:
    spec = info.spec.model_dump(mode="json")
    flat = {key: value for key, value in spec.items() if key not in ("options", "data", "media_policy")}
    flat |= {f"options.{key}": value for key, value in info.spec.options.items()}
    flat |= {f"data.{key}": value for key, value in info.spec.data.items()}
    flat["media_policy"] = spec["media_policy"] or None
    version = info.provenance.get("mmeval")
    flat["mmeval"] = ".".join(version.split(".")[:2]) if isinstance(version, str) else None
    return flat


def outside(found: Iterable[Change], subject: Subject) -> list[Change]:
    """The changes that the subject does not explain: with any of them, two runs cannot be compared."""
    allowed = SUBJECTS[subject] | SIZE
    return [change for change in found if change.key not in allowed]


def read_side(run: Run) -> Side:
    """Read scores.csv.

    Raises:
        RunFailedError: there is none, or it is empty: nothing was measured.
        DataError: a row stands twice, or a score is no number in [0, 1].
        StoreError: the file is damaged.
    """
    rows: dict[str, list[ScoreRow]] = {}
    seen: set[tuple[str, int]] = set()
    try:
        for row in run.scores():
            _check(run, row, seen)
            rows.setdefault(row.id, []).append(row)
    except FileNotFoundError:
        raise RunFailedError(_nothing(run, "no scores.csv")) from None
    if not rows:
        raise RunFailedError(_nothing(run, "scores.csv is empty"))
    return Side(run, {key: _item(group) for key, group in sorted(rows.items())})


def _nothing(run: Run, found: str) -> str:
    why = f" ({run.info.reason})" if run.info.reason else ""
    return f"{run.path}: {found}: the run is {run.info.status} and measured nothing{why}"


def _check(run: Run, row: ScoreRow, seen: set[tuple[str, int]]) -> None:
    where = f"{run.path / 'scores.csv'}: sample {row.id!r}"
    if (row.id, row.epoch) in seen:
        raise DataError(f"{where}, epoch {row.epoch}, stands twice")
    seen.add((row.id, row.epoch))
    if row.score is not None and not 0 <= row.score <= 1:
        raise DataError(f"{where}: score {row.score} is no number in [0, 1]")


def _item(rows: Sequence[ScoreRow]) -> Item:
    known = [row.score for row in rows if row.score is not None]
    return Item(
        score=math.fsum(known) / len(known) if known else None,
        answer=rows[0].answer,
        cluster=rows[0].cluster,
        statuses=tuple(row.status for row in rows),
        unparsed=any(
            row.status in ("ok", "truncated") and row.score is not None and row.answer is None for row in rows
        ),
    )


def compare(base: Side, candidate: Side, *, level: float = 0.9, seed: int = 0) -> Comparison:
    """Pair two runs by sample id.

    Args:
        base: what was.
        candidate: what is to be judged.
        level: of the two-sided interval; 0.9 makes each end a one-sided bound at 95 %.
        seed: of drawn sign flips.

    Raises:
        NotComparableError: they are runs of two benchmarks, or have no sample in common.
    """
    first, second = base.run.info.spec, candidate.run.info.spec
    if first.benchmark != second.benchmark:
        raise NotComparableError(f"benchmark: {first.benchmark} and {second.benchmark} have no samples in common")
    both = sorted(base.items.keys() & candidate.items.keys())
    if not both:
        raise NotComparableError(f"{first.benchmark}: no sample id is in both {base.run.path} and {candidate.run.path}")
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
    """One item per cluster, right when all its samples are: circular evaluation, pairs, groups.

    A cluster of which a sample was not measured is not measured.
    """
    groups: dict[str, list[Item]] = {}
    for key, item in side.items.items():
        groups.setdefault(item.cluster or key, []).append(item)
    return Side(side.run, {key: _all_right(groups[key]) for key in sorted(groups)})


def _all_right(items: Sequence[Item]) -> Item:
    scores = [item.score for item in items]
    measured = [score for score in scores if score is not None]
    return Item(
        score=min(measured) if len(measured) == len(scores) else None,
        answer=" | ".join(item.answer or "" for item in items) or None,
        cluster=None,
        statuses=tuple(status for item in items for status in item.statuses),
        unparsed=any(item.unparsed for item in items),
    )


def select(side: Side, n: int | None, *, seed: int) -> list[str]:
    """Ids in the order in which they are asked when a run may stop early; at most `n`, clusters kept whole.

    The order is drawn from the seed and the cluster (or id) alone: what a sample scored cannot move it.
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
    """The side with these ids alone."""
    wanted = set(ids)
    return Side(side.run, {key: item for key, item in side.items.items() if key in wanted})
