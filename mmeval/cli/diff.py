"""`mmeval diff`: compare two runs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mmeval import UsageError
from mmeval.cli import _completion
from mmeval.cli._runs import AS_JSON, FILE, PATH, RESULTS, RUN_HELP, catalog_of, console, echo_json, find_run
from mmeval.cli.rescore import between_profiles

if TYPE_CHECKING:
    from mmeval.compare import Comparison


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("diff")(diff)


def diff(
    base: str = typer.Argument(..., metavar="RUN", help=f"Baseline. {RUN_HELP}", autocompletion=_completion.runs),
    candidate: str = typer.Argument(
        "", metavar="RUN", help="Candidate; not used with --profiles.", autocompletion=_completion.runs
    ),
    profiles: str = typer.Option("", "--profiles", metavar="A,B", help="Compare two scoring profiles on one run."),
    file: Path | None = FILE,
    path: list[Path] = PATH,
    flips: int = typer.Option(10, help="Number of worse and of better samples to show."),
    level: float = typer.Option(0.95, min=0.5, max=0.999, help="Two-sided confidence level of the interval."),
    results: Path = RESULTS,
    as_json: bool = AS_JSON,
) -> None:
    """Compare two runs of one benchmark, or two scoring profiles of one run, sample by sample."""
    if profiles:
        catalog = catalog_of(path)
        between_profiles(base, profiles, results=results, catalog=catalog, file=file, shown=flips, as_json=as_json)
        return
    if not candidate:
        raise UsageError("diff needs two runs, or one run and --profiles A,B")
    from mmeval.compare import compare, read_side

    sides = [read_side(find_run(reference, results)) for reference in (base, candidate)]
    found = compare(sides[0], sides[1], level=level)
    if as_json:
        echo_json(_json(found, level))
        return
    from mmeval.report.terminal import print_comparison

    print_comparison(found, console(), flips=flips)


def _json(found: Comparison, level: float) -> dict[str, Any]:
    sides = {"base": found.base, "candidate": found.candidate}
    return {
        "schema_version": 1,
        **{
            name: {
                "path": str(side.run.path),
                "model": side.run.info.spec.model,
                "score": side.mean(),
                "bounds": list(side.bounds()),
                "counts": dict(side.counts),
            }
            for name, side in sides.items()
        },
        "changes": [asdict(change) for change in found.changes],
        "difference": asdict(found.difference) if found.difference else None,
        "bounds": [asdict(one) for one in found.bounds(level=level)] if found.difference else None,
        "only_base": list(found.only_base),
        "only_candidate": list(found.only_candidate),
        "unmeasured": list(found.unmeasured),
        "flips": [asdict(pair) for pair in found.flips],
    }
