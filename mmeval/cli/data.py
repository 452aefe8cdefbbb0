"""`mmeval data`: check the data of benchmarks, fetch it for offline use, or update its pins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mmeval.cli._runs import PATH, catalog_of, echo

if TYPE_CHECKING:
    from mmeval.catalog import Catalog
    from mmeval.definitions import Benchmark

NAMES = typer.Argument(..., metavar="BENCHMARK|SUITE...", help="Names of benchmarks or suites.")
OFFLINE = typer.Option(False, "--offline", help="Do not use the network.")

verb = typer.Typer(no_args_is_help=True, help="Check, fetch and update the data of benchmarks.")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.add_typer(verb, name="data")


@verb.command()
def check(names: list[str] = NAMES, path: list[Path] = PATH, offline: bool = OFFLINE) -> None:
    """Read all current rows and check columns, types, row count and images. Writes nothing."""
    from mmeval.data.inspect import inspect

    def one(benchmark: Benchmark) -> str:
        found = inspect(benchmark, offline=offline)
        for problem in found.problems:
            echo(f"{benchmark.name}: {problem}")
        return "" if found.problems else f"ok, {found.rows} rows, sha256 {found.sha256[:16]}"

    _each(names, catalog_of(path), one)


@verb.command()
def fetch(names: list[str] = NAMES, path: list[Path] = PATH, offline: bool = OFFLINE) -> None:
    """Download the data and verify it. The first time, pin it in benchmarks.lock."""
    from mmeval.data import pinned

    def one(benchmark: Benchmark) -> str:
        found = pinned(benchmark, offline=offline).data.describe()
        return (
            f"ready, {found['rows']} rows, sha256 {str(found['sha256'])[:16]}" if "sha256" in found else "needs no data"
        )

    _each(names, catalog_of(path), one)


@verb.command()
def update(names: list[str] = NAMES, path: list[Path] = PATH) -> None:
    """Update the pins to the current data. Runs on the old data are then not comparable with new ones."""
    from mmeval.data.pins import LOCK, first_load, read_lock, write_entry

    def one(benchmark: Benchmark) -> str:
        old = read_lock(LOCK).get(benchmark.name)
        _, new = first_load(benchmark, offline=False)
        write_entry(LOCK, benchmark.name, new)
        before = f"{old.rows} rows, sha256 {old.sha256[:16]}" if old else "not pinned"
        return f"{before} -> {new.rows} rows, sha256 {new.sha256[:16]}"

    _each(names, catalog_of(path), one)


def _each(names: Iterable[str], catalog: Catalog, one: Callable[[Benchmark], str]) -> None:
    """Call `one` for each benchmark. A failure is printed as one line and does not stop the others."""
    from mmeval import DataError

    failed = False
    for name in _benchmarks(names, catalog):
        try:
            line = one(catalog.benchmark(name))
        except DataError as error:
            line, failed = "", True
            echo(str(error) if str(error).startswith(f"{name}: ") else f"{name}: {error}", err=True)
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
