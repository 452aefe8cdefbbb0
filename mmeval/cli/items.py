"""`mmeval items BENCHMARK`: how well the samples of a benchmark tell models apart."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mmeval.cli._runs import AS_JSON, PATH, RESULTS, catalog_of, console, echo_json

if TYPE_CHECKING:
    from mmeval.board.quality import Quality


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("items")(items_command)


def items_command(
    benchmark: str = typer.Argument(..., metavar="BENCHMARK", help="Benchmark with runs of at least 5 models."),
    path: list[Path] = PATH,
    results: Path = RESULTS,
    as_json: bool = AS_JSON,
) -> None:
    """Show how well a benchmark's samples tell models apart, and which answer keys may be wrong."""
    from mmeval import UsageError
    from mmeval.board.quality import FEWEST, column_of, quality

    column, models = column_of(results, benchmark, catalog_of(path))
    found = quality(column, models)
    if found is None:
        raise UsageError(
            f"{benchmark}: {len(models)} models have comparable runs in {results}; an item analysis takes {FEWEST} on "
            "the same samples"
        )
    if as_json:
        echo_json({"schema_version": 1, "benchmark": benchmark, **asdict(found)})
    else:
        _print(found, benchmark)


def _print(found: Quality, benchmark: str) -> None:
    from mmeval.report.quality import TABLE, facts, suspect_rows
    from mmeval.report.terminal import print_rows, text_of

    shown = console()
    shown.print(text_of(f"{benchmark}: {found.models} models, {found.items} samples", style="bold"))
    for sentence in facts(found):
        shown.print(text_of(sentence), soft_wrap=True)
    if found.suspects:
        print_rows(TABLE, suspect_rows(found), shown, right=(1, 2, 3))
