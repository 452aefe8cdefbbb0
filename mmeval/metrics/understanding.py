"""Understood and solved: whether the picture was perceived, and whether the question about it was answered.

An item has a main question and perception questions about the same picture. S: the main question is right. U: every
perception question is right. The table of U by S tells a model that cannot see from one that cannot reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mmeval.metrics.base import Metric
from mmeval.metrics.ratios import Ratio, combine
from mmeval.metrics.slices import Slices, scored
from mmeval.stats.intervals import MeanFold
from mmeval.types import Estimate, Record

__all__ = ["CELLS", "understood_and_solved"]

CELLS: Mapping[str, tuple[bool, bool]] = {
    "understood and solved": (True, True),
    "understood, not solved": (True, False),
    "solved, not understood": (False, True),
    "neither": (False, False),
}
"""(U, S) of the cells of the table by the name of their share."""


@dataclass(slots=True)
class _Item:
    """The answers about one picture in one epoch."""

    tags: Mapping[str, str]
    cluster: str | None
    solved: float | None = None
    probes: list[float] = field(default_factory=list)

    @property
    def understood(self) -> bool | None:
        """Whether every perception question is right; None if some are missing and the others right."""
        if any(value < 1 for value in self.probes):
            return False
        return True if len(self.probes) == int(self.tags.get("probes", "0")) else None


def understood_and_solved(*, name: str = "solved", by: Sequence[str] = ("category", "step", "dial")) -> Metric:
    """Share of items whose main question is right, with slices by tag.

    Further sub-scores, over the items whose questions all have a score:

    - `name/perception`: mean over single perception questions.
    - `name/understood`: P(U), the share of items with every perception question right.
    - `name/given understood`, `name/given not understood`: P(S|U) and P(S|not U); absent where no item is (not) U.
    - `name/understood and solved`, `name/understood, not solved`, `name/solved, not understood`, `name/neither`:
      the shares of the 2 x 2 table.

    The tags `item`, `role` (`main` or `probe`) and `probes`, their number, tell which records belong together.
    """

    def aggregate(records: Iterable[Record]) -> dict[str, Estimate]:
        items, slices, perception = dict[tuple[str, int], _Item](), Slices(name, by), MeanFold()
        for record, value in scored(records):
            key = (record.tags["item"], record.epoch)
            item = items.setdefault(key, _Item(record.tags, record.cluster or record.tags["item"]))
            if record.tags["role"] == "main":
                item.solved = value
                slices.add(value, item.cluster, record.tags)
            else:
                item.probes.append(value)
                perception.add(value, item.cluster)
        out = slices.estimates()
        if out and len(perception):
            out[f"{name}/perception"] = perception.estimate()
        return {**out, **_table(name, list(items.values()))}

    about = "Share of items whose main question is answered correctly; its perception questions are counted apart."
    return Metric(
        name=name,
        aggregate=aggregate,
        higher_is_better=True,
        low=0.0,
        high=1.0,
        scale=100.0,
        about=about,
        value=_solved,
    )


def _solved(records: Iterable[Record]) -> float:
    values = [value for record, value in scored(records) if record.tags["role"] == "main"]
    return sum(values) / len(values)


def _table(name: str, items: Sequence[_Item]) -> dict[str, Estimate]:
    whole = [
        (item, understood) for item in items if item.solved is not None and (understood := item.understood) is not None
    ]
    if not whole:
        return {}
    folds = {cell: MeanFold() for cell in ("understood", *CELLS)}
    for item, understood in whole:
        folds["understood"].add(float(understood), item.cluster)
        for cell, (u, s) in CELLS.items():
            folds[cell].add(float((u, s) == (understood, item.solved == 1)), item.cluster)
    shares = {f"{name}/{cell}": fold.estimate() for cell, fold in folds.items()}
    return {**shares, **_conditional(name, whole)}


def _conditional(name: str, whole: Sequence[tuple[_Item, bool]]) -> dict[str, Estimate]:
    out = {}
    for given, label in ((True, "given understood"), (False, "given not understood")):
        rows = [{0: (item.solved or 0.0, 1.0)} if understood is given else {} for item, understood in whole]
        if any(rows):
            out[f"{name}/{label}"] = combine(rows, [Ratio(0, 1.0)], clusters=[item.cluster for item, _ in whole])
    return out
