"""The command line: one file per verb, each a thin layer over the library."""

from __future__ import annotations

import gc
import sys
from importlib import import_module

import typer

from mmeval import MMEvalError, __version__

VERBS: tuple[str, ...] = (
    "site",
    "rescore",
    "judge",
    "run",
    "list",
    "show",
    "doctor",
    "new",
    "quickstart",
    "cache",
    "merge",
    "diff",
    "gate",
    "data",
    "exchange",
)
"""Modules of this package; each has `register(app)`."""

app = typer.Typer(
    name="mmeval",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Evaluate multimodal models: run benchmarks, gate regressions, publish a leaderboard.",
    epilog="Exit codes: 0 pass · 1 gate failed · 2 usage · 3 inconclusive · 4 not comparable · "
    "5 run incomplete or nothing measured · 6 budget spent · 130 interrupted",
)
for _verb in VERBS:
    import_module(f"mmeval.cli.{_verb}").register(app)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"mmeval {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    del version


def main() -> None:
    """Run the command line; a user's mistake is one line on stderr and its exit code."""
    # Imports make some 100,000 objects that stay; looking through them again and again is a tenth of the start.
    gc.set_threshold(50_000, 10, 10)
    try:
        app()
    except MMEvalError as error:
        typer.echo(f"mmeval: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
