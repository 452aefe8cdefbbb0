"""Runs as a value: a sequence that knows tables, plots and HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from mmeval import store
from mmeval.errors import MMEvalError, StoreError, UsageError
from mmeval.report.flat import SAMPLE_COLUMNS, sample_rows
from mmeval.store import Run

if TYPE_CHECKING:
    import pandas as pd

    from mmeval.library.plots import Plot

__all__ = ["RUN_COLUMNS", "Runs", "Where", "load", "one_run"]

Where: TypeAlias = "str | Path | Run | Runs"
"""A run, or the folder that holds one."""
RUN_COLUMNS = (
    "model", "benchmark", "version", "variant", "profile", "judge", "options", "status", "metric", "score", "low",
    "high", "n", "planned", "unparsed", "failed", "input_tokens", "output_tokens", "cost", "seconds", "limit", "epochs",
    "reason", "run",
)  # fmt: skip


class Runs(Sequence[Run]):
    """Several runs, in their order. A slice is `Runs` again; `Runs(run for run in runs if ...)` chooses some."""

    def __init__(self, runs: Iterable[Run] = (), problems: Iterable[MMEvalError] = ()) -> None:
        self._runs = tuple(runs)
        self.problems = tuple(problems)
        """Why runs are missing: data that could not be loaded, a folder that cannot be read."""

    @overload
    def __getitem__(self, index: int) -> Run: ...
    @overload
    def __getitem__(self, index: slice) -> Runs: ...
    def __getitem__(self, index: int | slice) -> Run | Runs:
        return Runs(self._runs[index]) if isinstance(index, slice) else self._runs[index]

    def __len__(self) -> int:
        return len(self._runs)

    def to_dataframe(self) -> pd.DataFrame:
        """One row per run, with the columns `RUN_COLUMNS`.

        `score`, `low` and `high` are the headline and its 95 % interval in the unit of the metric (0 to 1 for
        accuracy), `n` the samples that it is based on, `failed` those without a result that another attempt may bring;
        `cost` is in US dollars. None and NaN: unknown.
        """
        import pandas as pd

        return pd.DataFrame([_row(run) for run in self], columns=list(RUN_COLUMNS))

    def samples(self) -> pd.DataFrame:
        """One row per sample and epoch of all runs, with the columns of `mmeval.report.flat.sample_rows`.

        Raises:
            StoreError: a file of a run is damaged, or its scores have changed since it ended.
        """
        import pandas as pd

        return pd.DataFrame([row for run in self for row in sample_rows(run)], columns=list(SAMPLE_COLUMNS))

    def plot(self) -> Plot:
        """Scores with their intervals, one panel per benchmark, as a Figure of matplotlib.

        Raises:
            UsageError: matplotlib is not installed, or no run has a score.
        """
        from mmeval.library.plots import plot

        return plot(self)

    def __repr__(self) -> str:
        from mmeval.report.console import PlainConsole
        from mmeval.report.progress import final_table

        console = PlainConsole(width=160, color_system=None)
        with console.capture() as text:
            console.print(final_table(self))
            for note in self._notes():
                console.print(note, markup=False, highlight=False, soft_wrap=True)
        return "\n".join(line.rstrip() for line in text.get().splitlines())

    def _repr_html_(self) -> str:
        from mmeval.report.notebook import runs_html

        return runs_html(self, self._notes())

    def _notes(self) -> list[str]:
        """Why runs are not complete, and why some are missing."""
        reasons = [
            f"{run.info.spec.model} {run.info.spec.benchmark}: {run.info.reason}" for run in self if run.info.reason
        ]
        return [*reasons, *map(str, self.problems)]


def _row(run: Run) -> dict[str, Any]:
    info, spec = run.info, run.info.spec
    headline = info.metrics.get(info.primary_metric)
    return {
        **{key: getattr(spec, key) for key in ("model", "benchmark", "version", "variant", "profile", "judge")},
        **{key: getattr(spec, key) for key in ("options", "limit", "epochs")},
        **{key: getattr(info, key) for key in ("status", "planned", "unparsed", "reason")},
        **{key: getattr(info.totals, key) for key in ("input_tokens", "output_tokens", "cost")},
        "metric": info.primary_metric or None,
        "score": headline.value if headline else None,
        "low": headline.low if headline else None,
        "high": headline.high if headline else None,
        "n": headline.n if headline else 0,
        "failed": sum(info.counts.get(status, 0) for status in store.OPEN),
        "seconds": info.totals.wall_s,
        "run": str(run.path),
    }


def load(
    where: str | Path = "results",
    *,
    model: str | Sequence[str] = "*",
    benchmark: str | Sequence[str] = "*",
    status: str | Sequence[str] = "*",
) -> Runs:
    """The runs of a results folder, or the one of a run folder, sorted by path.

    Args:
        where: the folder.
        model: name or pattern, such as `openai/*`, or several of them.
        benchmark: likewise.
        status: likewise: `complete`, `partial`, `failed`, `cancelled`, `running`.

    Raises:
        UsageError: there is no such folder.
    """
    folder = Path(where)
    problems: list[store.Problem] = []
    if store.is_run(folder):
        found = [store.read_run(folder)]
    elif folder.is_dir():
        found, problems = store.list_runs(folder)
    else:
        raise UsageError(f"{folder}: no such folder; expected one that holds runs, or a run")
    kept = (
        run
        for run in found
        if _fits(run.info.spec.model, model)
        and _fits(run.info.spec.benchmark, benchmark)
        and _fits(run.info.status, status)
    )
    return Runs(kept, [StoreError(problem.reason) for problem in problems])


def _fits(name: str, patterns: str | Sequence[str]) -> bool:
    return any(fnmatchcase(name, one) for one in ([patterns] if isinstance(patterns, str) else patterns))


def one_run(where: Where) -> Run:
    """The run that is meant, with its scores checked; raises UsageError or StoreError if there is not exactly one."""
    runs = [where] if isinstance(where, Run) else list(where if isinstance(where, Runs) else load(where))
    if len(runs) != 1:
        raise UsageError(f"expected one run, found {len(runs)}; choose one, as in runs[0] or a run folder")
    runs[0].check()
    return runs[0]
