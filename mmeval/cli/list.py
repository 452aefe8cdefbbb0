"""`mmeval list`: benchmarks, scorers, suites, adapters, models, recipes and runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mmeval.cli._runs import AS_JSON, PATH, RESULTS, catalog_of, console, echo, echo_json

if TYPE_CHECKING:
    from mmeval.catalog import Catalog

Rows = list[dict[str, Any]]


class What(StrEnum):
    """The tables."""

    benchmarks = "benchmarks"
    scorers = "scorers"
    suites = "suites"
    adapters = "adapters"
    models = "models"
    recipes = "recipes"
    runs = "runs"


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("list")(list_command)


def list_command(
    what: What = typer.Argument(What.benchmarks, help="Table to print."),
    match: str = typer.Option("", "--match", help="Only names that contain this text."),
    path: list[Path] = PATH,
    results: Path = RESULTS,
    as_json: bool = AS_JSON,
) -> None:
    """List benchmarks, scorers, suites, adapters, models, recipes or runs."""
    rows = [row for row in _TABLES[what](catalog_of(path), results) if match.lower() in str(row["name"]).lower()]
    if as_json:
        echo_json(rows)
    elif rows:
        _print(what, rows)
    else:
        missing = f": there is no folder {results}" if what is What.runs and not results.is_dir() else ""
        echo(f"no {what.value} found" + (f" with {match!r} in the name" if match else "") + missing)


def _benchmarks(catalog: Catalog, results: Path) -> Rows:
    del results
    return [_benchmark_row(name, file, catalog) for name, file in sorted(catalog.benchmarks().items())]


def _benchmark_row(name: str, file: Any, catalog: Catalog) -> dict[str, Any]:
    one = catalog.benchmark(name)
    return {
        "name": name,
        "family": file.path.parent.name,
        "title": one.title,
        "version": one.version,
        "rows": one.rows,
        "license": one.license,
        "labels": one.labels,
        "judge": one.score.needs_judge(one.profile),
        "metric": one.metric.name,
        "profile": one.profile,
        "profiles": sorted(one.score.rules),
        "chance": one.chance,
        "revision": one.data.describe().get("revision"),
        "file": str(file.path),
    }


def _scorers(catalog: Catalog, results: Path) -> Rows:
    """Every scorer with its profiles, and the metrics and benchmarks that it is used with."""
    del results
    rows: dict[str, dict[str, Any]] = {}
    for name in sorted(catalog.benchmarks()):
        one = catalog.benchmark(name)
        row = rows.setdefault(one.score.name, {"name": one.score.name, "profiles": [], "metrics": [], "benchmarks": []})
        row["profiles"] = sorted({*row["profiles"], *one.score.rules})
        row["metrics"] = sorted({*row["metrics"], one.metric.name})
        row["benchmarks"].append(name)
    return [rows[name] for name in sorted(rows)]


def _suites(catalog: Catalog, results: Path) -> Rows:
    del results
    return [{"name": name, **table} for name, table in sorted(catalog.suites().items())]


def _adapters(catalog: Catalog, results: Path) -> Rows:
    del results
    return [_adapter_row(name, catalog.adapter(name).capabilities) for name in sorted(catalog.adapters())]


def _adapter_row(name: str, capabilities: Any) -> dict[str, Any]:
    from dataclasses import fields

    return {
        "name": name,
        "inputs": sorted(capabilities.inputs),
        "max_images": capabilities.max_images,
        "key": capabilities.env,
        "extra": capabilities.extra,
        "options": [field.name for field in fields(capabilities.options)],
    }


def _models(catalog: Catalog, results: Path) -> Rows:
    del results
    return [{"name": name, **card} for name, card in sorted(catalog.model_cards().items())]


def _recipes(catalog: Catalog, results: Path) -> Rows:
    del results
    from mmeval.recipes import recipes

    return [_recipe_row(one) for one in recipes(catalog).values()]


def _recipe_row(one: Any) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "models": one.models,
        "basis": one.basis,
        "sets": sorted(one.values),
        "benchmarks": sorted(one.benchmarks),
    }


def _runs(catalog: Catalog, results: Path) -> Rows:
    del catalog
    from mmeval import store

    runs, problems = store.list_runs(results)
    good = [_run_row(run, results) for run in runs]
    return good + [{"name": str(p.path), "status": "unreadable", "reason": p.reason} for p in problems]


def _run_row(run: Any, results: Path) -> dict[str, Any]:
    headline = run.info.metrics.get(run.info.primary_metric)
    return {
        "name": str(run.path.relative_to(results)),
        "status": run.info.status,
        "score": headline.value if headline else None,
        "low": headline.low if headline else None,
        "high": headline.high if headline else None,
        "scale": run.info.scale,
        "n": headline.n if headline else 0,
        "planned": run.info.planned,
        "cost": run.info.totals.cost,
    }


_TABLES: Mapping[What, Callable[[Catalog, Path], Rows]] = {
    What.benchmarks: _benchmarks,
    What.scorers: _scorers,
    What.suites: _suites,
    What.adapters: _adapters,
    What.models: _models,
    What.recipes: _recipes,
    What.runs: _runs,
}
_SHOWN = {
    What.benchmarks: ("name", "family", "rows", "license", "labels", "judge", "metric", "profile"),
    What.scorers: ("name", "profiles", "metrics", "benchmarks"),
    What.suites: ("name", "title", "benchmarks"),
    What.adapters: ("name", "inputs", "max_images", "key", "extra"),
    What.models: ("name", "organization", "released", "parameters", "open"),
    What.recipes: ("name", "models", "basis", "sets", "benchmarks"),
    What.runs: ("name", "status", "score", "n", "cost"),
}


def _print(what: What, rows: Rows) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in _SHOWN[what]:
        table.add_column(column, overflow="fold")
    shown = list(map(_as_elsewhere, rows)) if what is What.runs else rows
    for row in shown:
        table.add_row(*(_cell(row.get(column)) for column in _SHOWN[what]))
    console().print(table)
    for row in rows:
        if "reason" in row:
            echo(str(row["reason"]))


def _as_elsewhere(row: dict[str, Any]) -> dict[str, Any]:
    """The row of a run with its numbers written as in all other tables."""
    from mmeval import formatting as numbers
    from mmeval.store import Number

    if row["status"] == "unreadable":
        return row
    known = (
        None
        if row["score"] is None
        else Number(value=row["score"], low=row["low"], high=row["high"], n=row["n"], method="")
    )
    score, cost = numbers.score(known, scale=row["scale"]), numbers.money(row["cost"])
    return {**row, "score": score, "n": f"{row['n']}/{row['planned']}", "cost": cost}


def _cell(value: Any) -> str:
    from rich.markup import escape

    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return ", ".join(escape(str(item)) for item in value)
    return escape(str(value))
