"""`mmeval data`: check the data of benchmarks, fetch it for offline use, or update its pins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mmeval.cli import _completion
from mmeval.cli._runs import PATH, catalog_of, echo
from mmeval.formatting import plural

if TYPE_CHECKING:
    from mmeval.catalog import Catalog
    from mmeval.data.inspect import Inspection
    from mmeval.definitions import Benchmark

NAMES = typer.Argument(
    ..., metavar="BENCHMARK|SUITE...", help="Names of benchmarks or suites.", autocompletion=_completion.benchmarks
)
OFFLINE = typer.Option(False, "--offline", help="Do not use the network.")

verb = typer.Typer(no_args_is_help=True, help="Check, fetch and update the data of benchmarks.")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.add_typer(verb, name="data")


@verb.command()
def check(
    names: list[str] = typer.Argument(
        [],
        metavar="[BENCHMARK|SUITE|FILE...]",
        help="Names of benchmarks or suites, or files of questions.",
        autocompletion=_completion.benchmarks,
    ),
    columns: list[str] = typer.Option(
        [], metavar="ROLE=COLUMN", help="Which column of a file of questions has which role (repeatable)."
    ),
    all_: bool = typer.Option(
        False,
        "--all",
        help="One table of every benchmark: columns, types, rows, licence, gating; writes benchmarks.lock.",
    ),
    up_to: float = typer.Option(
        1.0,
        metavar="GB",
        min=0,
        help="With --all: the most that is fetched for one benchmark; of others, the first row.",
    ),
    path: list[Path] = PATH,
    offline: bool = OFFLINE,
) -> None:
    """Read all current rows and check columns, types, row count and images. Writes nothing, unless with --all."""
    if all_ == bool(names):
        from mmeval import UsageError

        raise UsageError("name what to check, or say --all for every benchmark; not both")
    if all_:
        _check_all(catalog_of(path), up_to)
        return
    from mmeval.data.inspect import inspect, inspect_questions
    from mmeval.data.questions import Questions, are_questions
    from mmeval.engine.options import pairs

    roles = tuple(sorted(pairs(columns, flag="--columns").items()))

    def one(name: str) -> str:
        if are_questions(name):
            return _told(name, inspect_questions(Questions(Path(name), roles)))
        return _told(name, inspect(_definition(name, catalog), offline=offline))

    catalog = catalog_of(path)
    _each(_benchmarks(names, catalog), one)


def _check_all(catalog: Catalog, up_to: float) -> None:
    """Print what each benchmark's data are as soon as it is known; exit code 2 if one of them has a problem."""
    from mmeval.data.look import look
    from mmeval.data.pins import LOCK

    failed = False
    echo("benchmark | data | licence | gated | rows | columns | status")
    echo("--- | --- | --- | --- | --: | --- | ---")
    for name in sorted(catalog.benchmarks()):
        found = look(catalog.benchmark(name), up_to=up_to, lock=LOCK)
        if found is not None:
            rows = "" if found.rows is None else f"{found.rows:,}"
            cells = (name, found.data, found.license, found.gated, rows, found.columns, found.status)
            echo(" | ".join(cell.replace("|", "/") for cell in cells))
            failed = failed or found.failed
    if failed:
        raise typer.Exit(2)


def _told(name: str, found: Inspection) -> str:
    """One line for data without a problem; otherwise prints the problems and returns nothing."""
    for problem in found.problems:
        echo(problem if problem.startswith(f"{name}:") else f"{name}: {problem}")
    kinds = f" ({found.kinds})" if found.kinds else ""
    return "" if found.problems else f"ok, {plural(found.rows, 'row')}{kinds}, sha256 {found.sha256[:16]}"


@verb.command()
def fetch(names: list[str] = NAMES, path: list[Path] = PATH, offline: bool = OFFLINE) -> None:
    """Download the data and verify it. The first time, pin it in benchmarks.lock."""
    from mmeval.data import pinned

    def one(benchmark: Benchmark) -> str:
        found = pinned(benchmark, offline=offline).data.describe()
        return (
            f"ready, {found['rows']} rows, sha256 {str(found['sha256'])[:16]}" if "sha256" in found else "needs no data"
        )

    _each_benchmark(names, catalog_of(path), one)


@verb.command()
def update(names: list[str] = NAMES, path: list[Path] = PATH) -> None:
    """Update the pins to the current data. Runs on the old data are then not comparable with new ones."""
    from mmeval.data.pins import LOCK, first_load, read_lock, write_entry

    def one(benchmark: Benchmark) -> str:
        old = read_lock(LOCK).get(benchmark.name)
        _, new = first_load(benchmark, offline=False)
        if not new.sources:
            return "needs no data"
        write_entry(LOCK, benchmark.name, new)
        before = f"{old.rows} rows, sha256 {old.sha256[:16]}" if old else "not pinned"
        return f"{before} -> {new.rows} rows, sha256 {new.sha256[:16]}"

    _each_benchmark(names, catalog_of(path), one)


def _each_benchmark(names: Iterable[str], catalog: Catalog, one: Callable[[Benchmark], str]) -> None:
    from mmeval import UsageError
    from mmeval.data.questions import are_questions

    found = _benchmarks(names, catalog)
    for name in filter(are_questions, found):
        raise UsageError(
            f"{name}: a file of questions is neither fetched nor pinned; check it with `mmeval data check`"
        )
    _each(found, lambda name: one(_definition(name, catalog)))


def _definition(name: str, catalog: Catalog) -> Benchmark:
    from mmeval import bridge

    return bridge.benchmark(bridge.named(name)) if bridge.is_bridged(name) else catalog.benchmark(name)


def _each(names: Iterable[str], one: Callable[[str], str]) -> None:
    """Call `one` for each name. A failure is printed as one line and does not stop the others."""
    from mmeval import DataError

    failed = False
    for name in names:
        try:
            line = one(name)
        except DataError as error:
            line, failed = "", True
            echo(str(error) if str(error).startswith(f"{name}:") else f"{name}: {error}", err=True)
        failed = failed or not line
        if line:
            echo(f"{name}: {line}")
    if failed:
        raise typer.Exit(2)


def _benchmarks(names: Iterable[str], catalog: Catalog) -> list[str]:
    suites = catalog.suites()
    found: list[str] = []
    for name in names:
        members = suites[name]["benchmarks"] if name in suites else [name]
        found += [member if isinstance(member, str) else str(member["name"]) for member in members]
    return list(dict.fromkeys(found))
