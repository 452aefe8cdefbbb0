"""`mmeval quickstart`: run bundled benchmarks and models, and build the board."""

from __future__ import annotations

from pathlib import Path

import typer

from mmeval.cli._runs import echo

SUITE = "quickstart"
MODELS = (
    "transformers/demo-vlm",
    "transformers/demo-vlm-small",
    "baseline/blind:transformers/demo-vlm",
    "baseline/majority",
    "baseline/random",
)
"""Two small vision models, the first one without images, and two references that ignore the image."""
COMPARISONS = 30
"""On the voting page."""


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("quickstart")(quickstart)


def quickstart(
    folder: Path = typer.Option(Path("_quickstart"), "--results", help="Folder for the runs.", show_default=True),
    out: Path = typer.Option(Path("_site"), "--out", help="Folder for the board.", show_default=True),
    votes: Path = typer.Option(Path("_arena"), "--votes", help="Folder for the voting page.", show_default=True),
    limit: int | None = typer.Option(None, "--limit", min=1, help="Use only the first N samples.", show_default="all"),
) -> None:
    """Run four bundled benchmarks against five models that need no API key, and build the board.

    A voting page lets you compare their replies. Works offline. A second call only rebuilds the board.
    """
    from mmeval.arena.pairs import questions_of
    from mmeval.cli.arena import write_page
    from mmeval.cli.run import execute
    from mmeval.cli.site import write
    from mmeval.engine.options import Settings
    from mmeval.runner import ModelSpec, RunConfig
    from mmeval.sitegen.build import Options
    from mmeval.store import list_runs

    settings = Settings(results=folder, limit=limit, offline=True, cache_file=folder / ".cache" / "replies.sqlite")
    code = execute(RunConfig(benchmarks=(SUITE,), models=tuple(map(ModelSpec, MODELS)), settings=settings))
    if code:
        raise typer.Exit(code)
    write(Options(results=folder, out=out, cache=folder / ".cache" / "site"))
    runs = [run for run in list_runs(folder)[0] if run.files.journal.is_file()]
    runs.sort(key=lambda run: run.files.journal.stat().st_mtime)  # an earlier version of mmeval may have left some
    newest = {(run.path.parent, run.info.samples_digest): run for run in runs}
    write_page(questions_of([*newest.values()]), votes, pairs=COMPARISONS, settings=settings)
    echo(f"open {(out / 'index.html').resolve()} in a browser, or run: mmeval site serve --out {out}")
    echo(f"compare replies yourself: open {(votes / 'index.html').resolve()}")
