"""`mmeval repair RUN`: bring the files of a damaged run in order."""

from __future__ import annotations

from pathlib import Path

import typer

from mmeval.cli._runs import FILE, PATH, RESULTS, RUN, echo, find_folder


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="repair")(repair)


def repair(
    run: str = RUN,
    file: Path | None = FILE,
    results: Path = RESULTS,
    path: list[Path] = PATH,
) -> None:
    """Move damaged lines of the journal aside and write scores.csv again, without asking a model.

    Says what was done to each file. Exit code 5 if the run is not whole afterwards.
    """
    from mmeval.engine.options import Settings
    from mmeval.runner.repair import Repair

    done = Repair(find_folder(run, results), Settings(path=tuple(path)), file)
    for line in done.lines:
        echo(line)
    raise typer.Exit(0 if done.whole else 5)
