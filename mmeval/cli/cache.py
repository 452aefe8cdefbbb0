"""`mmeval cache`: inspect, check, repair or prune the response cache and the clips that were decoded."""

from __future__ import annotations

from pathlib import Path

import typer

from mmeval.cli._runs import AS_JSON, echo, echo_json
from mmeval.formatting import plural

FILE = typer.Option(None, "--file", help="Cache file.", show_default="~/.cache/mmeval/replies.sqlite")

verb = typer.Typer(no_args_is_help=True, help="Inspect, check, repair or prune the response cache and decoded clips.")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.add_typer(verb, name="cache")


@verb.command()
def info(
    file: Path | None = FILE,
    as_json: bool = AS_JSON,
) -> None:
    """Print the location and size of the cache, the number of replies by model, and what decoded clips take."""
    from mmeval.engine import cache, cachefile
    from mmeval.media import Kept

    found, clips = cachefile.info(file or cache.default_file()), Kept().info()
    if as_json:
        media = {"folder": str(clips.folder), "clips": clips.clips, "bytes": clips.size}
        about = {"file": str(found.file), "replies": found.replies, "bytes": found.size, "made": found.media}
        echo_json({**about, "models": found.models, "media": media})
        return
    echo(f"{found.file}: {plural(found.replies, 'reply', 'replies')}, {found.size / 1e6:.1f} MB")
    for name, count in found.models.items():
        echo(f"{count:>10}  {name}")
    if found.media:
        echo(f"{cachefile.media_folder(found.file)}: media of replies, {found.media / 1e6:.1f} MB")
    echo(f"{clips.folder}: {plural(clips.clips, 'decoded clip')}, {clips.size / 1e6:.1f} MB")


@verb.command()
def prune(
    file: Path | None = FILE,
    older_than: float | None = typer.Option(
        None, "--older-than", metavar="DAYS", help="Delete replies older than this."
    ),
    model: str | None = typer.Option(None, "--model", metavar="PROVIDER/MODEL", help="Delete replies of this model."),
    everything: bool = typer.Option(False, "--all", help="Delete all replies."),
    media: bool = typer.Option(False, "--media", help="Delete decoded clips instead: all, or those not used for DAYS."),
) -> None:
    """Delete replies, which cost money again, or decoded clips, which only take time."""
    from mmeval import UsageError
    from mmeval.engine import cache, cachefile
    from mmeval.media import Kept

    if media:
        echo(f"deleted {plural(Kept().prune(older_than_s=(older_than or 0) * 86400), 'decoded clip')}")
        return
    if older_than is None and model is None and not everything:
        raise UsageError("choose what to delete: --older-than DAYS, --model PROVIDER/MODEL, --all or --media")
    seconds = older_than * 86400 if older_than is not None else None
    count = cachefile.prune(file or cache.default_file(), older_than_s=seconds, model=model)
    echo(f"deleted {plural(count, 'reply', 'replies')}")


@verb.command()
def check(file: Path | None = FILE) -> None:
    """Read every reply of the cache; exit code 2 if anything is damaged."""
    from mmeval import StoreError
    from mmeval.engine import cache, cachefile

    path = file or cache.default_file()
    found = cachefile.check(path)
    told = plural(found.replies, "reply", "replies")
    if not found.clean:
        why = f": {found.problem}" if found.problem else ""
        raise StoreError(f"{path}: {told} can be read, {found.bad} cannot{why}; run `mmeval cache repair {path}`")
    echo(f"{path}: {told}, none damaged")


@verb.command()
def repair(
    damaged: Path | None = typer.Argument(None, help="The damaged file.", show_default="the cache itself"),
    file: Path | None = FILE,
) -> None:
    """Copy the replies of a damaged file that can still be read into the cache. The damaged file is kept."""
    from mmeval.engine import cache, cachefile

    into = file or cache.default_file()
    source = damaged or into
    if source == into and into.exists():
        found = cachefile.check(into)
        if found.clean:
            echo(f"{into}: {plural(found.replies, 'reply', 'replies')}, none damaged; it stays as it is")
            return
        source = cachefile.set_aside(into)
    count = cachefile.repair(source, into)
    echo(f"{into}: {plural(count, 'reply', 'replies')} saved from {source}")
