"""`mmeval view`: one run in the browser, served on this machine only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mmeval.cli import _completion
from mmeval.cli._runs import LATEST, RESULTS, RUN_HELP, echo, find_run

if TYPE_CHECKING:
    from mmeval.report.served import Viewer


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("view")(view)


def view(
    run: str = typer.Argument(LATEST, metavar="RUN", help=RUN_HELP, autocompletion=_completion.runs),
    browser: bool = typer.Option(True, "--browser/--no-browser", help="Open the browser."),
    port: int = typer.Option(0, "--port", min=0, max=65535, help="Port; 0 picks a free one.", show_default=True),
    results: Path = RESULTS,
) -> None:
    """Open a run in the browser, also while it goes on.

    The page is served on 127.0.0.1 until Ctrl-C, and shows what the run folder holds at that moment.
    """
    from mmeval.report.served import Viewer

    with Viewer(find_run(run, results).path, port=port) as viewer:
        echo(f"{viewer.url}  (Ctrl-C stops)")
        if browser:
            _open(viewer)
        viewer.serve_forever()


def _open(viewer: Viewer) -> None:
    import webbrowser  # slow to import

    webbrowser.open(viewer.url)
