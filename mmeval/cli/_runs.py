"""Shared by several verbs: options, run lookup and output."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mmeval import StoreError, UsageError
from mmeval.cli import _completion
from mmeval.formatting import plain, plural

if TYPE_CHECKING:
    from rich.console import Console

    from mmeval.catalog import Catalog

RESULTS = typer.Option(
    Path("results"), "--results", file_okay=False, help="Folder that holds the runs.", show_default=True
)
PATH = typer.Option([], "--path", help="Extra folder with benchmarks/ and adapters/ (repeatable).", show_default=False)
LATEST = "latest"
"""The run that ended last, or began last if it has not ended."""
RUN_HELP = "Run folder, `latest`, beginning of a run id, or part of a path."
RUN = typer.Argument(..., metavar="RUN", help=RUN_HELP, autocompletion=_completion.runs)
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What JSON may hold as it is, but a terminal would obey or could not be sent. Written as escapes in strings."""
FILE = typer.Option(
    None, "--file", help="File of questions of the run, if it has moved since.", show_default="where it was"
)
AS_JSON = typer.Option(False, "--json", help="Print JSON.", show_default=True)


def catalog_of(path: Sequence[Path]) -> Catalog:
    """The catalog that searches the `--path` folders first."""
    from mmeval.catalog import Catalog

    return Catalog(tuple(path))


def echo(text: str, *, err: bool = False) -> None:
    """Print text that may hold a stranger's words; a terminal does not obey it."""
    typer.echo(plain(text), err=err)


def echo_json(value: Any) -> None:
    """Print a JSON document to standard output, with keys in the given order."""
    text = json.dumps(value, ensure_ascii=False, indent=1, default=str)  # the dates of model cards
    typer.echo(_UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def console(*, error: bool = False) -> Console:
    """A console; 160 columns wide when the output is not a terminal, so that tables in logs are not wrapped at 80."""
    from mmeval.report.console import PlainConsole

    made = PlainConsole(stderr=error, highlight=False)
    return made if made.is_terminal else PlainConsole(stderr=error, highlight=False, width=160)


def find_run(reference: str, results: Path) -> Any:
    """Find a run by its folder, `latest`, the beginning of its id, or a part of its path such as `model/benchmark`.

    Returns:
        The `mmeval.store.Run`.

    Raises:
        UsageError: no run matches, or several do; the message lists them.
        StoreError: the run that matches cannot be read, or its scores have changed since it ended.
    """
    from mmeval import store

    folder = Path(reference)
    if store.is_run(folder):
        return _checked(store.read_run(folder))
    runs, problems = store.list_runs(results)
    found = [
        run for run in runs if run.path.is_relative_to(folder) or _matches(reference, run.path.relative_to(results))
    ]
    if reference == LATEST and runs:
        found = [max(runs, key=lambda run: run.info.ended)]
    if len(found) == 1:
        return _checked(found[0])
    if found:
        names = ", ".join(str(run.path) for run in found[:10])
        raise UsageError(
            f"{len(found)} runs match {reference!r}; choose one: {names}{', ...' if len(found) > 10 else ''}"
        )
    for problem in problems:
        if _matches(reference, problem.path.relative_to(results)):
            raise StoreError(problem.reason)
    raise UsageError(_no_run(reference, results))


def without_samples(references: Sequence[str]) -> list[str]:
    """The references that may name runs: a shell pattern such as `results/*/*/*` catches the stored samples, too."""
    from mmeval.store import SAMPLES

    return [one for one in references if SAMPLES not in Path(one).parts]


def find_folder(reference: str, results: Path) -> Path:
    """As `find_run`, for a run folder whose files may be damaged or missing; raises UsageError."""
    from mmeval.store.layout import Files, run_folders

    def holds(folder: Path) -> bool:
        files = Files(folder)
        return any(file.exists() for file in (files.info, files.journal, files.scores))

    folder = Path(reference)
    if holds(folder):
        return folder
    if reference == LATEST:
        return Path(find_run(reference, results).path)
    found = [one for one in run_folders(results) if holds(one) and _matches(reference, one.relative_to(results))]
    if len(found) != 1:
        if not found:
            raise UsageError(_no_run(reference, results))
        names = ", ".join(map(str, found[:10]))
        raise UsageError(f"{plural(len(found), 'run folder')} match {reference!r}; choose one: {names}")
    return found[0]


def _no_run(reference: str, results: Path) -> str:
    if not results.is_dir():
        return f"no run {reference!r}: there is no folder {results}; name the results folder with --results"
    return f"no run in {results} matches {reference!r}; `mmeval list runs` lists all runs"


def _checked(run: Any) -> Any:
    run.check()
    return run


def _matches(reference: str, path: Path) -> bool:
    # `openai/gpt-4o` is the folder `openai__gpt-4o`.
    return path.name.startswith(reference) or reference in str(path) or reference in str(path).replace("__", "/")
