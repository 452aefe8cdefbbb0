"""The command line: one file per verb, each a thin layer over the library."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import TextIOWrapper
from typing import Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from mmeval import UsageError, __version__
from mmeval.cli._crash import CRASHED, PIPE_CLOSED, report, silence
from mmeval.errors import either, in_plain_words
from mmeval.faults import foreseen
from mmeval.formatting import line

VERBS = {
    "quickstart": "Run four bundled benchmarks against five models that need no API key, and build the board.",
    "run": "Run benchmarks against models, score the replies, and store everything.",
    "list": "List benchmarks, scorers, suites, adapters, models, recipes or runs.",
    "recipe": "Show how the makers of a model say that they ask it, each value with its source.",
    "show": "Show the metrics of a run and, with a filter, its samples.",
    "view": "Open a run in the browser, also while it goes on.",
    "diff": "Compare two runs of one benchmark, or two scoring profiles of one run, sample by sample.",
    "items": "Show how well a benchmark's samples tell models apart, and which answer keys may be wrong.",
    "rescore": "Score the stored replies of a run under another profile, into a new run folder.",
    "judge": "Measure how reliable a judge is.",
    "merge": "Join runs made with `--shard I/N` into one run, with the same scores as an unsharded run.",
    "repair": "Move damaged lines of the journal aside and write scores.csv again, without asking a model.",
    "verify": "Check that runs are what they say: files, samples, scores, headline and signature.",
    "sign": "Sign runs, so that `mmeval verify` can tell who made them and that nobody edited them.",
    "gate": "Fail when a model got worse, and only then.",
    "arena": "Let people compare replies, and rate models by their votes.",
    "fresh": "Seasons of drawn questions, and why a model fails on them.",
    "site": "Build and view the leaderboard site.",
    "data": "Check, fetch and update the data of benchmarks.",
    "cache": "Inspect, check, repair or prune the response cache and decoded clips.",
    "new": "Write a commented file that works: a run, a suite, a gate, a benchmark or an adapter.",
    "describe": "Say what a model consists of: parts and their sizes, context, tokens per image, licence and memory.",
    "probe": "Find out by asking what a model can take and give, and store it in RESULTS/_capabilities.",
    "doctor": "Check packages, keys, definitions, results and disk; or a model.",
    "bridge": "Tasks of other harnesses, run and stored by mmeval.",
    "import": "Import results of other tools.",
    "export": "Write runs as a table of samples, as Every Eval Ever JSON, as hub YAML, or for another scorer.",
    "push": "Upload runs to a data set on the Hugging Face hub that you name.",
}
"""Verb to its line on the help page, which is the first sentence of its own help: the page imports no verb."""
SHARED = {"import": "exchange", "export": "exchange", "push": "exchange"}
"""Verbs whose module is not named after them. Each module has `register(app)`."""


class Verbs(TyperGroup):
    """Imports the module of a verb when the verb is used, and reports usage errors as `UsageError`."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        self.commands: dict[str, Any] = dict.fromkeys(VERBS)
        self.listing = False

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a verb, or None."""
        if cmd_name not in VERBS:
            return None
        if self.listing:
            return TyperCommand(cmd_name, help=VERBS[cmd_name])
        app = typer.Typer(rich_markup_mode="rich")
        import_module(f"mmeval.cli.{SHARED.get(cmd_name, cmd_name)}").register(app)
        return _flowing(typer.main.get_group(app).commands[cmd_name])

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page, without importing the verbs."""
        with self._only_named():
            super().format_help(ctx, formatter)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """The verbs that a shell offers, without importing them."""
        with self._only_named():
            return super().shell_complete(ctx, incomplete)

    @contextmanager
    def _only_named(self) -> Iterator[None]:
        self.listing = True
        try:
            yield
        finally:
            self.listing = False

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run the command line and exit; raises MMEvalError."""
        try:
            code = super().main(*args, **{**extra, "standalone_mode": False})
        except typer.TyperException as error:
            raise _usage_error(error) from None
        except SystemExit as end:
            if not isinstance(end.__context__, BrokenPipeError):
                raise
            silence()  # nobody reads on, as in `mmeval list | head`; typer would exit with 1
            code = PIPE_CLOSED
        sys.exit(code)


def _flowing(command: Any) -> Any:
    """The command with each paragraph of its help on one line: terminals break it where they end."""
    command.help = re.sub(r"(?<!\n)\n(?!\n)", " ", command.help or "")
    for one in getattr(command, "commands", {}).values():
        _flowing(one)
    return command


def _usage_error(error: typer.TyperException) -> BaseException:
    text = error.format_message()
    if not text:  # no arguments were given, and the help page has been printed
        return SystemExit(error.exit_code)
    close = getattr(error, "possibilities", None)
    if close:
        text = f"{error.message}; did you mean {either(close)}?"
    text = in_plain_words(text).rstrip(".").replace(". Did", "; did")
    text = (
        re.sub(r",\s+", ", ", re.sub(r"\. Choose from:\s+", "; one of ", text))
        .replace(": dir '", ": '")
        .replace("' is a file", "' is a file, not a folder")
    )
    context = getattr(error, "ctx", None)
    hint = f"; see `{context.command_path} --help`" if context is not None else ""
    return UsageError(f"{text[0].lower()}{text[1:]}{hint}")


app = typer.Typer(
    name="mmeval",
    cls=Verbs,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Evaluate multimodal models: run benchmarks, gate regressions, publish a leaderboard.",
    epilog="Exit codes: 0 pass · 1 gate failed · 2 usage · 3 inconclusive · 4 not comparable · "
    "5 run incomplete or nothing measured · 6 budget spent · 70 internal error · 130 interrupted · 141 output closed",
)


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
    """Run the command line; what goes wrong is one line on stderr and its exit code, never a traceback."""
    # Imports create some 100,000 objects that stay; collecting them again and again takes a tenth of the start time.
    gc.set_threshold(50_000, 10, 10)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # it is None where it was closed
            stream.reconfigure(errors="backslashreplace")  # not every terminal knows every character
    try:
        app(prog_name="mmeval")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last boundary: nothing passes it
        known = foreseen(error)
        typer.echo(f"mmeval: {line(str(known) if known else report(error))}", err=True)
        sys.exit(known.exit_code if known else CRASHED)
