"""`mmeval site build` and `mmeval site serve`: the leaderboard as static files."""

from __future__ import annotations

import functools
import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mmeval.cli._runs import PATH, RESULTS, catalog_of, echo
from mmeval.formatting import plural

if TYPE_CHECKING:
    from mmeval.sitegen.build import Options

CACHE = typer.Option(Path(".mmeval/site"), "--cache", help="Folder for the state of incremental builds.")
OUT = typer.Option(Path("_site"), "--out", help="Folder of the site.")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    site = typer.Typer(no_args_is_help=True, help="Build and view the leaderboard site.")
    site.command("build")(build)
    site.command("serve")(serve)
    app.add_typer(site, name="site")


def build(
    results: Path = RESULTS,
    out: Path = OUT,
    cache: Path = CACHE,
    path: list[Path] = PATH,
    lang: list[str] = typer.Option(
        ["en", "zh"], "--lang", help="Languages (repeatable); the first is at the root of the site."
    ),
    title: str = typer.Option("mmeval", "--title", help="Name of the site."),
    base: str = typer.Option("", "--base", help="Public address of the site, for the feed."),
    rank_all: bool = typer.Option(
        False, "--rank-all", help="Also rank references, mock models and imported numbers, among measured models."
    ),
) -> None:
    """Build the site from the runs. Only changed pages are written again."""
    from mmeval.sitegen.build import Options

    write(
        Options(
            results=results,
            out=out,
            cache=cache,
            catalog=catalog_of(path),
            langs=tuple(lang),
            title=title,
            base=base,
            rank_all=rank_all,
        )
    )


def write(options: Options) -> None:
    """Build the site and print what was written, the time, and the number of unusable runs."""
    from mmeval.sitegen.build import build as make

    start = time.perf_counter()
    done, out = make(options), options.out
    took = time.perf_counter() - start
    files = f"{plural(done.files, 'file')} ({done.written} written, {done.removed} removed)"
    echo(f"{out}/index.html: {plural(done.runs, 'run')}, {files}, {took:.1f} s")
    if done.problems:
        echo(f"{plural(done.problems, 'run folder')} could not be used; see {out}/problems.html", err=True)


def serve(
    out: Path = OUT,
    port: int = typer.Option(8000, "--port", help="Port; 0 picks a free one."),
    host: str = typer.Option("127.0.0.1", "--host", help="Address to listen on."),
) -> None:
    """Serve the built site until interrupted."""
    from http import server as http_server  # slow to import, and only needed here

    from mmeval.errors import UsageError

    if not (out / "index.html").is_file():
        raise UsageError(f"{out}: no site in this folder; run `mmeval site build --out {out}` first")
    handler = functools.partial(http_server.SimpleHTTPRequestHandler, directory=str(out))
    with http_server.ThreadingHTTPServer((host, port), handler) as server:
        echo(f"http://{host}:{server.server_address[1]}/  (Ctrl-C stops)")
        server.serve_forever()
