"""What the board consists of: cells of one model on one benchmark, columns of comparable cells, the board."""

from __future__ import annotations

import datetime
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, Literal

from mmeval.board.cards import BenchmarkCard, ModelCard
from mmeval.board.vectors import Vector
from mmeval.store import UNMEASURED, Mark, Number, Problem, Run, Spec, slug

TOLERANCE: Final = 1e-6
Compared = Literal["mean", "jackknife", "samples"]
"""The quantity that paired tests on a column compare.

- `mean`: the headline, which is the mean of the sample scores (as a share of its range).
- `jackknife`: a headline that is not such a mean, by its pseudo-values.
- `samples`: the sample scores, because the headline is not their mean and cannot be recomputed.
"""
Unranked = Literal["", "coverage", "unbounded", "limited"]
"""Why a cell has no rank: too few samples were measured, or some are missing and the headline cannot be bounded, or
the benchmark was not run in full."""
Kind = Literal["measured", "mock", "third-party", "reference"]
"""What a row is: a model that was measured, a mock model, imported numbers, or a reference such as random answers."""
MARKS: Final[tuple[Mark, ...]] = ("third-party", "scores only", "", "verified")
"""From the weakest to the strongest."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One model on one benchmark: a run, or several runs of equal settings together.

    Numbers are in the range of the metric; the scale of the card turns them into those on the board.
    """

    run: Run
    """The earliest of the runs."""
    vector: Vector
    headline: Number
    """What is compared and ranked: all that is missing counts as wrong."""
    measured: Number
    """The headline of what was measured."""
    right: Number
    """The headline with all that is missing counted as right."""
    unranked: Unranked = ""
    settings: Sequence[tuple[str, str]] = ()
    """Settings in which the runs differ from what the benchmark states, or from most rows: key and value."""
    current: bool = True
    """Whether the adapter's code is the one that the catalog has now."""
    trust: Mark = ""
    """The mark of the earliest run."""
    parts: Sequence[Cell] = ()
    """The runs, if there are several, or if this cell counts samples that its run does not have."""

    @cached_property
    def runs(self) -> Sequence[Cell]:
        """One cell for each run, the earliest first."""
        return self.parts or (self,)

    @cached_property
    def mark(self) -> Mark:
        """The weakest mark of the runs."""
        return weakest(one.trust for one in self.runs)

    @property
    def spec(self) -> Spec:
        """The settings of the earliest run."""
        return self.run.info.spec

    @cached_property
    def epochs(self) -> int:
        """Replies to each sample in the earliest run; never more than it has rows, whatever its run.json says."""
        return max(1, min(self.spec.epochs, self.vector.rows))

    @cached_property
    def planned(self) -> int:
        """Replies to all samples of the column, over all runs."""
        asked = sum(one.run.info.planned for one in self.runs)
        return max(asked, len(self.vector.ids) * sum(one.epochs for one in self.runs))

    @property
    def n(self) -> int:
        """What the measured headline is over, in all runs: samples, or groups of them."""
        return sum(one.measured.n for one in self.runs)

    @cached_property
    def counts(self) -> Counter[str]:
        """Replies by status."""
        return sum((Counter[str](one.run.info.counts) for one in self.runs), Counter())

    @cached_property
    def failed(self) -> int:
        """Requests without a reply to score."""
        return sum(n for status, n in self.counts.items() if status in UNMEASURED)

    @property
    def truncated(self) -> int:
        """Replies that the token limit cut off."""
        return self.counts["truncated"]

    @property
    def unparsed(self) -> int:
        """Replies in which no answer was found."""
        return sum(one.run.info.unparsed for one in self.runs)

    @property
    def cost_1000(self) -> float | None:
        """US dollars per 1,000 samples; None = unknown."""
        costs = [one.run.info.totals.cost for one in self.runs]
        known = [cost for cost in costs if cost is not None]
        return 1000 * sum(known) / self.planned if len(known) == len(costs) and self.planned else None

    @cached_property
    def finished(self) -> str:
        """ISO time at which the last run ended, or empty."""
        return max(run_time(one.run) for one in self.runs)

    @cached_property
    def key(self) -> str:
        """Folder of the pages of the earliest run, below `r/`."""
        return run_key(self.run)

    @cached_property
    def identity(self) -> str:
        """Digest of everything that is known of this cell by itself: its runs with all their files, numbers, settings.

        Only of cells that were read through a cache of vectors, which gives the digests of the files.
        """
        runs = [(one.key, one.vector.source, one.vector.digest, one.trust, one.current) for one in self.runs]
        numbers = [tuple(vars(one).values()) for one in (self.headline, self.measured, self.right)]
        parts = (runs, numbers, self.vector.digest, self.vector.missing, self.unranked, tuple(self.settings))
        return hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).hexdigest()

    @property
    def whole(self) -> bool:
        """Whether all samples of the benchmark were asked for; a limit that was not reached cut nothing off."""
        spec = self.spec
        cut = spec.limit is not None and spec.limit <= len(self.vector.ids)
        return not cut and spec.subset is None and spec.shard is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A complete run, or several of one setting, that are not the row of their model in the column."""

    cell: Cell
    reason: str
    """The first key in which they differ: a field of Spec, `samples_digest`, `mmeval`, or one inside `options`."""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One benchmark: comparable runs, at most one row per model."""

    card: BenchmarkCard
    cells: Mapping[str, Cell]
    """By model name."""
    full: bool = True
    """False if the benchmark was only run on some of its samples; then nobody is ranked."""
    variants: Sequence[Aside] = ()
    """Other settings of models that have a row, comparable but for these settings."""
    limited: Sequence[Cell] = ()
    """Runs on some of the samples."""
    excluded: Sequence[Aside] = ()
    """Runs that asked something else, or were scored in another way."""
    seasons: Sequence[Column] = ()
    """The other seasons of a benchmark that is drawn anew, the newest first and private ones last."""

    @property
    def spec(self) -> Spec:
        """The spec of any cell; the keys that a column requires to be equal are the same in all."""
        return next(iter(self.cells.values())).spec

    @property
    def every(self) -> Iterator[Cell]:
        """All complete runs of the benchmark, one by one."""
        aside = [*(one.cell for one in self.variants), *self.limited, *(one.cell for one in self.excluded)]
        beside = [cell for season in self.seasons for cell in season.cells.values()]
        for cell in [*self.cells.values(), *aside, *beside]:
            yield from cell.runs

    def compared(self, models: Iterable[str]) -> Compared:
        """The quantity that a paired test of those of these models compares that have a cell."""
        cells = [self.cells[name] for name in models if name in self.cells]
        others = [cell for cell in cells if cell.vector.pseudo or not is_mean(self.card, cell.measured, cell.vector)]
        if not others:
            return "mean"
        return "jackknife" if all(cell.vector.pseudo for cell in others) else "samples"

    @property
    def primary_metric(self) -> str:
        """Name of the metric that the cells show."""
        return next(iter(self.cells.values())).run.info.primary_metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything the site shows."""

    columns: Sequence[Column]
    models: Mapping[str, ModelCard]
    problems: Sequence[Problem] = field(default=())
    root: Path = Path()
    rank_all: bool = False
    """Whether references, mock models and imported numbers are ranked like all others."""

    @property
    def updated(self) -> str:
        """ISO time of the newest run, or empty."""
        return max((cell.finished for column in self.columns for cell in column.cells.values()), default="")

    def of(self, model: str) -> list[tuple[Column, Cell]]:
        """The columns with a row of this model, and its cells."""
        return [(column, column.cells[model]) for column in self.columns if model in column.cells]

    def ranked(self, columns: Sequence[Column], *, least: float = 1.0) -> list[str]:
        """Sorted names of the models that are ranked, and not `outside`.

        They have a rank in each column in which they have a cell, and these are at least the share `least` of columns.
        """
        found = {name: [c.cells[name] for c in columns if name in c.cells] for name in self.rivals(columns)}
        enough = max(1.0, least * len(columns))
        return sorted(n for n, own in found.items() if len(own) >= enough and not any(cell.unranked for cell in own))

    def rivals(self, columns: Sequence[Column]) -> set[str]:
        """The models that may be ranked: those that were measured; without any, all but references."""
        kinds = {name: self.kind(name, columns) for name in self.models if any(name in c.cells for c in columns)}
        if self.rank_all:
            return set(kinds)
        measured = {name for name, kind in kinds.items() if kind == "measured"}
        return measured or {name for name, kind in kinds.items() if kind != "reference"}

    def kind(self, model: str, columns: Sequence[Column]) -> Kind:
        """What the row of a model over these columns is."""
        if self.models[model].reference is not None:
            return "reference"
        if model.partition("/")[0] == "mock":
            return "mock"
        cells = [column.cells[model] for column in columns if model in column.cells]
        return "third-party" if any(cell.mark == "third-party" for cell in cells) else "measured"


def weakest(marks: Iterable[Mark]) -> Mark:
    """The weakest of some marks; the empty one for none."""
    return min(marks, key=MARKS.index, default="")


def is_mean(card: BenchmarkCard, headline: Number, vector: Vector) -> bool:
    """Whether a headline is the mean of the scores, as a share of its range."""
    return abs(card.share(headline.value) - vector.mean) <= TOLERANCE


def run_time(run: Run) -> str:
    """ISO time (UTC) at which a run ended, or started if its end was not recorded; empty if neither was."""
    times = run.info.provenance
    seconds = times.get("end") or times.get("start")
    try:
        return _iso(seconds)
    except (TypeError, ValueError, OverflowError, OSError):  # not a number, or not a time that a clock can show
        return ""


@lru_cache(maxsize=65536)
def _iso(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def run_key(run: Run) -> str:
    """`<model>/<benchmark>@<version>-<digest>`: a stable path for the pages of one run."""
    return f"{model_slug(run.info.spec.model)}/{run.path.parent.name}-{run.path.name}"


model_slug = lru_cache(maxsize=4096)(slug)
