"""Why a model fails: it did not see, or it did not think.

A benchmark with descriptions of its images is asked under three conditions: with the image; with the model's own
description instead; with the benchmark's description instead. What the last one gains over the first is the price of
seeing, and what it misses is the price of reasoning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from mmeval.board.cards import DESCRIBED
from mmeval.board.cell import run_time
from mmeval.compare import Side, compare, only, read_side
from mmeval.errors import RunFailedError, StoreError
from mmeval.stats.intervals import MeanFold
from mmeval.stats.paired import Difference
from mmeval.store import Run
from mmeval.types import Estimate

__all__ = ["Diagnosis", "diagnose", "diagnoses"]

GOLD = "gold-description"
OWN = DESCRIBED
REASONS = 0.9
"""A model reasons well enough if more than this share may be solved from the benchmark's description."""
Verdict = Literal["cannot see", "cannot reason", "cannot see, cannot reason", "sees and reasons"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One model on one benchmark. Shares are of the main questions, with 95 % intervals."""

    model: str
    benchmark: str
    image: Estimate
    own: Estimate | None
    """From the model's own description; None where it was not asked so."""
    gold: Estimate
    """From the benchmark's description."""
    seeing: Difference
    """`gold` minus `image` over the questions that both have, with a 95 % interval."""

    @property
    def verdict(self) -> Verdict:
        """It cannot see if the description surely helps, and cannot reason if the description surely is not enough."""
        blind, weak = self.seeing.low > 0, self.gold.high < REASONS
        if blind and weak:
            return "cannot see, cannot reason"
        return "cannot see" if blind else "cannot reason" if weak else "sees and reasons"


def diagnoses(runs: Iterable[Run]) -> Iterator[Diagnosis]:
    """A diagnosis for each model and benchmark that has runs with the image and with the benchmark's description.

    Of several runs under one condition, the one that finished last counts. Runs without scores are passed over.
    """
    found: dict[tuple[str, str, str], dict[str, Run]] = {}
    for run in sorted(runs, key=run_time):
        spec = run.info.spec
        condition = OWN if spec.model.startswith(OWN) and not spec.variant else spec.variant
        if condition in ("", OWN, GOLD):
            key = (spec.model.removeprefix(OWN), spec.benchmark, spec.version)
            found.setdefault(key, {})[condition] = run
    for conditions in found.values():
        if {"", GOLD} <= conditions.keys():
            try:
                yield diagnose(conditions[""], conditions[GOLD], conditions.get(OWN))
            except (RunFailedError, StoreError):
                continue


def diagnose(image: Run, gold: Run, own: Run | None = None) -> Diagnosis:
    """Compare runs under two or three conditions.

    Raises:
        RunFailedError: a run measured nothing.
        StoreError: scores.csv is damaged.
    """
    sides = {"image": _main(image), "gold": _main(gold), **({"own": _main(own)} if own else {})}
    shares: Mapping[str, Estimate] = {name: _share(side) for name, side in sides.items()}
    found = compare(sides["image"], sides["gold"], level=0.95).difference
    if found is None:
        raise RunFailedError(f"{gold.path}: no question has a score both with the image and with the description")
    spec = image.info.spec
    return Diagnosis(
        model=spec.model, benchmark=spec.benchmark, image=shares["image"], own=shares.get("own"), gold=shares["gold"],
        seeing=found,
    )  # fmt: skip


def _main(run: Run) -> Side:
    """The main questions: the one of each cluster that has its name, or all where clusters are no items."""
    side = read_side(run)
    main = [key for key, item in side.items.items() if item.cluster == key]
    return only(side, main) if main else side


def _share(side: Side) -> Estimate:
    fold = MeanFold()
    for item in side.items.values():
        if item.score is not None:
            fold.add(item.score, item.cluster)
    if not len(fold):
        raise RunFailedError(f"{side.run.path}: no question has a score")
    return fold.estimate()
