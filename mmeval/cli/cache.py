"""`mmeval cache`: inspect or prune the response cache."""

from __future__ import annotations

from pathlib import Path

import typer

from mmeval.cli._runs import AS_JSON, echo_json

FILE = typer.Option(None, "--file", help="Cache file.", show_default="~/.cache/mmeval/replies.sqlite")

verb = typer.Typer(no_args_is_help=True, help="Inspect or prune the response cache.")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.add_typer(verb, name="cache")


@verb.command()
def info(
    file: Path | None = FILE,
    as_json: bool = AS_JSON,
) -> None:
    """Print the location and size of the cache, and the number of replies by model."""
    from mmeval.engine import cache

    found = cache.info(file or cache.default_file())
    if as_json:
        echo_json({"file": str(found.file), "replies": found.replies, "bytes": found.size, "models": found.models})
        return
    typer.echo(f"{found.file}: {found.replies} replies, {found.size / 1e6:.1f} MB")
    for name, count in found.models.items():
        typer.echo(f"{count:>10}  {name}")


@verb.command()
def prune(
    file: Path | None = FILE,
    older_than: float | None = typer.Option(
        None, "--older-than", metavar="DAYS", help="Delete replies older than this."
    ),
    model: str | None = typer.Option(None, "--model", metavar="PROVIDER/MODEL", help="Delete replies of this model."),
    everything: bool = typer.Option(False, "--all", help="Delete all replies."),
) -> None:
    """Delete replies. Requesting them again costs money again."""
    from mmeval import UsageError
    from mmeval.engine import cache

    if older_than is None and model is None and not everything:
        raise UsageError("choose what to delete: --older-than DAYS, --model PROVIDER/MODEL or --all")
    seconds = older_than * 86400 if older_than is not None else None
    count = cache.prune(file or cache.default_file(), older_than_s=seconds, model=model)
    typer.echo(f"deleted {count} replies")
