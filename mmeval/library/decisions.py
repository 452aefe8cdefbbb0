"""Two runs side by side, and the verdict of a gate: the numbers of `mmeval diff` and `mmeval gate`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mmeval.catalog import Catalog
from mmeval.compare import Comparison as Compared
from mmeval.compare import compare as paired
from mmeval.compare import read_side
from mmeval.errors import UsageError
from mmeval.gate import api, offline
from mmeval.gate.policy import read_policy
from mmeval.gate.verdict import Verdict as Decided
from mmeval.library.display import shown
from mmeval.library.runs import Where, one_run
from mmeval.runner import ModelSpec
from mmeval.store import Run

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

__all__ = ["Comparison", "Verdict", "compare", "gate"]

T = TypeVar("T")
DEFAULT = Path("gate.yaml")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Comparison(Compared):
    """Everything that `mmeval diff` shows about two runs of one benchmark."""

    def to_dataframe(self) -> pd.DataFrame:
        """One row per sample that both runs have a score for: id, base, candidate, cluster, both answers, change."""
        import pandas as pd

        return pd.DataFrame([{**asdict(pair), "change": pair.change} for pair in self.pairs])

    def __repr__(self) -> str:
        from mmeval.report.terminal import print_comparison

        return _printed(lambda console: print_comparison(self, console, flips=10))

    def _repr_html_(self) -> str:
        from mmeval.report.notebook import comparison_html

        return comparison_html(self)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verdict(Decided):
    """The verdict of a gate; `decision`, `summary` and `exit_code` are those of `mmeval gate`."""

    def __repr__(self) -> str:
        from mmeval.report.terminal import print_verdict

        return _printed(lambda console: print_verdict(self, console))

    def _repr_html_(self) -> str:
        from mmeval.report.html import body

        return body(self)


def _printed(show: Callable[[Console], None]) -> str:
    """What the command line would print, without colours."""
    from mmeval.report.console import PlainConsole

    console = PlainConsole(width=160, color_system=None)
    with console.capture() as text:
        show(console)
    return text.get().rstrip()


def _as(kind: type[T], value: Any, **changes: Any) -> T:
    """A value of the base class as one of the class that can show itself."""
    return kind(**{field.name: getattr(value, field.name) for field in fields(value)} | changes)


def compare(base: Where, candidate: Where, *, level: float = 0.95) -> Comparison:
    """Compare two runs of one benchmark sample by sample, as `mmeval diff` does.

    Args:
        base: the run before the change: a run, `Runs` with one, or its folder.
        candidate: the run after it.
        level: of the two-sided interval.

    Raises:
        NotComparableError: the runs are of different benchmarks or have no sample in common.
        RunFailedError: a run measured nothing.
        StoreError, UsageError: a folder is not one readable run.
    """
    sides = [read_side(one_run(where)) for where in (base, candidate)]
    return _as(Comparison, paired(sides[0], sides[1], level=level))


def gate(
    policy: str | Path | None = None,
    model: str | ModelSpec | None = None,
    *,
    base: Where | None = None,
    candidate: Where | None = None,
    progress: bool = True,
    **settings: Any,
) -> Verdict:
    """Decide whether a model got worse, as `mmeval gate run` does; with `base` and `candidate`, as `gate compare`.

    Args:
        policy: the policy file; by default gate.yaml. With stored runs it may be missing: then every benchmark of
            `base` counts, with the default margin.
        model: the candidate, instead of the policy's.
        base: stored runs instead of the policy's baselines: `Runs`, a run, a results folder or one of baselines.
        candidate: stored runs instead of asking a model.
        progress: show the progress.
        **settings: of the candidate's runs, as in `run`: `results`, `path`, `concurrency`, `cache`, ...

    Raises:
        UsageError, DataError: the policy, a name or a data set is wrong.
        NotComparableError: there are no baselines at all.
    """
    if (base is None) != (candidate is None):
        raise UsageError("give both `base` and `candidate` to decide from stored runs, or neither to ask the model")
    file = Path(policy or DEFAULT)
    command = f"mmeval.gate({str(file)!r}, ...)"
    if base is None or candidate is None:
        return _as(Verdict, _live(file, model, settings, progress=progress), command=command)
    if model is not None or settings.keys() - {"path"}:
        raise UsageError("stored runs are not asked again: leave out the model and its settings")
    bases, candidates = _by_benchmark(base), _by_benchmark(candidate)
    made = read_policy(file) if policy is not None or file.exists() else offline.default_policy(bases)
    catalog = Catalog(tuple(map(Path, settings.get("path", ()))))
    api.check_names(made, file=file, catalog=catalog, known=[*bases.values(), *candidates.values()])
    return _as(Verdict, api.decide_stored(made, bases, candidates, file=file), command=command)


def _live(file: Path, model: str | ModelSpec | None, settings: Mapping[str, Any], *, progress: bool) -> Decided:
    made = read_policy(file)
    given = dict(settings)
    options = given.pop("options", {})
    name = model.name if isinstance(model, ModelSpec) else model
    if isinstance(model, ModelSpec):
        options = {**options, **model.options}
    with shown(progress=progress) as observer:
        asked = api.candidate_of(made, model=name, options=options, settings=given, observer=observer)
        return api.decide_live(made, asked, file=file)


def _by_benchmark(where: Where) -> dict[str, Run]:
    if isinstance(where, str | Path):
        return offline.runs_below(Path(where))
    found: dict[str, Run] = {}
    for run in [where] if isinstance(where, Run) else where:
        if found.setdefault(run.info.spec.benchmark, run) is not run:
            raise UsageError(f"there are two runs of {run.info.spec.benchmark}; choose one")
    return found
