"""`mmeval arena`: blind votes on pairs of replies, and ratings from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mmeval.cli._runs import AS_JSON, PATH, RESULTS, catalog_of, console, echo, echo_json, find_run

if TYPE_CHECKING:
    from mmeval.arena.fit import ArenaTable

arena_app = typer.Typer(no_args_is_help=True, help="Let people compare replies, and rate models by their votes.")
VOTES = typer.Argument(..., help="Files of votes: exported ones, collected ones (.sqlite), LMArena's or FastChat's.")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.add_typer(arena_app, name="arena")


@arena_app.command("build")
def build_command(
    runs: list[str] = typer.Argument(..., help="Runs of at least two models on the same questions."),
    out: Path = typer.Option(Path("_arena"), "--out", help="Folder of the voting page."),
    pairs: int = typer.Option(100, "--pairs", min=1, help="Number of comparisons."),
    votes: list[Path] = typer.Option([], "--votes", help="Votes so far: new pairs are chosen by what they leave open."),
    seed: int = typer.Option(0, "--seed", help="Of the choice of questions and sides."),
    results: Path = RESULTS,
    path: list[Path] = PATH,
) -> None:
    """Write a blind voting page that works from disk, without a server."""
    from mmeval.arena.pairs import choose_pairs, questions_of
    from mmeval.arena.votes import merge_votes
    from mmeval.sitegen.ballot import write_ballot
    from mmeval.store.layout import SAMPLES

    # A shell pattern such as `results/*/*/*` catches the folder of stored samples, too.
    questions = questions_of([find_run(run, results) for run in runs if SAMPLES not in Path(run).parts])
    chosen, left_out = choose_pairs(questions, pairs, votes=merge_votes(votes).votes, seed=seed)
    made = write_ballot(chosen, results, out, catalog=catalog_of(path))
    echo(f"{out}/index.html: {made.pairs} comparisons from {len(questions)} questions")
    notes = {**left_out, "replies with a masked model name": made.masked, "pictures not on this machine": made.without}
    for reason, count in notes.items():
        if count:
            echo(f"{count} {reason}")
    if made.private:
        echo("it shows questions whose licence forbids publishing them: keep it within your team", err=True)


@arena_app.command("serve")
def serve_command(
    folder: Path = typer.Argument(Path("_arena"), help="Folder of the voting page."),
    votes: Path = typer.Option(Path("votes.sqlite"), "--votes", help="Where votes are collected."),
    host: str = typer.Option("127.0.0.1", "--host", help="Address to listen on; 0.0.0.0 lets a whole network vote."),
    port: int = typer.Option(8000, "--port", help="Port; 0 picks a free one."),
) -> None:
    """Serve the voting page to a team and collect its votes, until interrupted."""
    from mmeval.arena.serve import ballot_server

    with ballot_server(folder, votes, host=host, port=port) as server:
        echo(f"{server.url}  (votes go to {votes}; Ctrl-C stops)")
        server.serve_forever()


@arena_app.command("fit")
def fit_command(
    votes: list[Path] = VOTES,
    results: Path = RESULTS,
    keep: bool = typer.Option(True, "--keep/--no-keep", help="Store votes and ratings in the results, for the site."),
    as_json: bool = AS_JSON,
) -> None:
    """Rate models by votes, with intervals and ranges of ranks."""
    from mmeval.arena.fit import tables_of, to_json
    from mmeval.arena.keep import all_votes, keep_arena
    from mmeval.arena.votes import merge_votes

    merged = all_votes(results, votes) if keep else merge_votes(votes)
    tables = tables_of(merged.votes)
    if keep:
        keep_arena(results, merged.votes, to_json(tables, merged.left_out))
    if as_json:
        echo_json(to_json(tables, merged.left_out))
    else:
        _print(tables, merged.left_out)


def _print(tables: Sequence[ArenaTable], left_out: Mapping[str, int]) -> None:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    shown = console()
    for table in tables:
        name = table.category or "all votes"
        style = ", style and side taken out" if table.styled else ""
        shown.print(f"[bold]{escape(name)}[/bold]{style} · {table.votes:,} votes of {table.voters:,} voters")
        grid = Table("rank", "model", "rating", "95 % interval", "votes", box=box.SIMPLE_HEAD, pad_edge=False)
        for row in table.rows:
            rank = str(row.best) if row.best == row.worst else f"{row.best}-{row.worst}"
            grid.add_row(
                rank, escape(row.model), f"{row.rating:.0f}", f"[{row.low:.0f}, {row.high:.0f}]", f"{row.votes:,}"
            )
        shown.print(grid)
        if any(row.group != table.rows[0].group for row in table.rows):
            shown.print("some models never met, directly or through others: their ratings do not compare")
        if table.styled:
            effects = " · ".join(f"{key} {value:+.0f}" for key, value in table.effects.items())
            shown.print(f"points per standard deviation: {effects}")
    for reason, count in left_out.items():
        shown.print(f"left out: {count} {reason}")
