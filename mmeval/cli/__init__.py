"""The command line: one file per verb, each a thin layer over the library."""

from __future__ import annotations

import gc
import re
import sys
from importlib import import_module
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from mmeval import UsageError, __version__
from mmeval.cli._crash import CRASHED, PIPE_CLOSED, report, silence
from mmeval.errors import in_plain_words
from mmeval.faults import foreseen
from mmeval.formatting import line

VERBS = {
    "quickstart": "quickstart",
    "run": "run",
    "list": "list",
    "show": "show",
    "diff": "diff",
    "rescore": "rescore",
    "judge": "judge",
    "merge": "merge",
    "repair": "repair",
    "gate": "gate",
    "site": "site",
    "data": "data",
    "cache": "cache",
    "new": "new",
    "doctor": "doctor",
    "import": "exchange",
    "export": "exchange",
}
"""Verb to module of this package; each module has `register(app)`."""


class Verbs(TyperGroup):
    """Imports the module of a verb when the verb is used, and reports usage errors as `UsageError`."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        self.commands: dict[str, Any] = dict.fromkeys(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a verb, or None."""
        if cmd_name not in VERBS:
            return None
        app = typer.Typer(rich_markup_mode="rich")
        import_module(f"mmeval.cli.{VERBS[cmd_name]}").register(app)
        return typer.main.get_group(app).commands[cmd_name]

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


def _usage_error(error: typer.TyperException) -> BaseException:
    text = error.format_message()
    if not text:  # no arguments were given, and the help page has been printed
        return SystemExit(error.exit_code)
    close = getattr(error, "possibilities", None)
    if close:
        text = f"{error.message}; did you mean {' or '.join(close)}?"
    text = in_plain_words(text).rstrip(".").replace(". Did", "; did").replace(". Choose from:  ", "; one of ")
    text = re.sub(r",\s+", ", ", text).replace(": dir '", ": '").replace("' is a file", "' is a file, not a folder")
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
    try:
        app(prog_name="mmeval")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last boundary: nothing passes it
        known = foreseen(error)
        typer.echo(f"mmeval: {line(str(known) if known else report(error))}", err=True)
        sys.exit(known.exit_code if known else CRASHED)
