"""`mmeval quickstart`: run bundled benchmarks and models, and build the board."""

from __future__ import annotations

from pathlib import Path

import typer

from mmeval.cli._runs import echo

SUITE = "quickstart"
MODELS = (
    "transformers/demo-vlm",
    "baseline/blind:transformers/demo-vlm",
    "baseline/majority",
    "baseline/random",
)
"""A small vision model, the same model without images, and two references that ignore the image."""


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("quickstart")(quickstart)


def quickstart(
    folder: Path = typer.Option(Path("_quickstart"), "--results", help="Folder for the runs.", show_default=True),
    out: Path = typer.Option(Path("_site"), "--out", help="Folder for the board.", show_default=True),
    limit: int | None = typer.Option(None, "--limit", min=1, help="Use only the first N samples.", show_default="all"),
) -> None:
    """Run three bundled benchmarks against four models that need no API key, and build the board.

    Works offline. A second call only rebuilds the board.
    """
    from mmeval.cli.run import execute
    from mmeval.cli.site import write
    from mmeval.engine.options import Settings
    from mmeval.sitegen.build import Options

    settings = Settings(results=folder, limit=limit, offline=True, cache_file=folder / ".cache" / "replies.sqlite")
    code = execute([SUITE], MODELS, settings)
    if code:
        raise typer.Exit(code)
    write(Options(results=folder, out=out, cache=folder / ".cache" / "site"))
    echo(f"open {(out / 'index.html').resolve()} in a browser, or run: mmeval site serve --out {out}")
