"""`mmeval cache`: what has been paid for and is kept."""

from __future__ import annotations

from pathlib import Path

import typer

FILE = typer.Option(None, "--file", help="The cache file.", show_default="~/.cache/mmeval/replies.sqlite")

verb = typer.Typer(no_args_is_help=True, help="Look at the response cache, or prune it.")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.add_typer(verb, name="cache")


@verb.command()
def info(
    file: Path | None = FILE,
    json: bool = typer.Option(False, "--json", help="Print JSON for machines."),
) -> None:
    """Print where the cache is, its size, and how many replies it has by model."""
    from mmeval.cli._runs import echo_json
    from mmeval.engine import cache

    found = cache.info(file or cache.default_file())
    if json:
        echo_json({"file": str(found.file), "replies": found.replies, "bytes": found.size, "models": found.models})
        return
    typer.echo(f"{found.file}: {found.replies} replies, {found.size / 1e6:.1f} MB")
    for name, count in found.models.items():
        typer.echo(f"{count:>10}  {name}")


@verb.command()
def prune(
    file: Path | None = FILE,
    older_than: float | None = typer.Option(None, "--older-than", metavar="DAYS", help="Only replies this old."),
    model: str | None = typer.Option(None, "--model", metavar="PROVIDER/MODEL", help="Only replies of this model."),
    everything: bool = typer.Option(False, "--all", help="All replies."),
) -> None:
    """Delete replies; asking again costs what it cost before."""
    from mmeval import UsageError
    from mmeval.engine import cache

    if older_than is None and model is None and not everything:
        raise UsageError("say what to prune: --older-than DAYS, --model PROVIDER/MODEL or --all")
    seconds = older_than * 86400 if older_than is not None else None
    count = cache.prune(file or cache.default_file(), older_than_s=seconds, model=model)
    typer.echo(f"deleted {count} replies")
