"""`mmeval arena`: blind votes on pairs of replies, and ratings from them."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mmeval.cli._options import given, with_settings
from mmeval.cli._runs import AS_JSON, PATH, RESULTS, console, echo, echo_json, find_run, without_samples
from mmeval.engine.options import Settings, read_settings

if TYPE_CHECKING:
    from mmeval.arena.pairs import Pair, Question
    from mmeval.store import Run

arena_app = typer.Typer(no_args_is_help=True, help="Let people compare replies, and rate models by their votes.")
LEAVE = ("options", "limit", "epochs", "profile", "ablate", "columns", "shard")
"""Settings that mean nothing for a judge's votes."""
FILES = typer.Argument(..., help="Files of votes: exported ones, collected ones (.sqlite), LMArena's or FastChat's.")


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
    settings = Settings(results=results, path=tuple(path), seed=seed)
    write_page(_questions(runs, results), out, pairs=pairs, votes=votes, settings=settings)


def write_page(
    questions: Sequence[Question], out: Path, *, pairs: int, votes: Sequence[Path] = (), settings: Settings
) -> None:
    """Write a voting page, and print what is on it and what was left out."""
    from mmeval.arena.pairs import choose_pairs
    from mmeval.arena.votes import merge_votes
    from mmeval.sitegen.ballot import write_ballot

    chosen, left_out = choose_pairs(questions, pairs, votes=merge_votes(votes).votes, seed=settings.seed)
    made = write_ballot(chosen, out, settings=settings)
    echo(f"{out}/index.html: {made.pairs} comparisons from {len(questions)} questions")
    for reason, count in left_out.items():
        echo(f"left out: {count} {reason}")
    for what, count in (("replies have a masked model name", made.masked), ("pictures are missing here", made.without)):
        if count:
            echo(f"{count} {what}")
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


@arena_app.command("judge")
@functools.partial(with_settings, leave=LEAVE)
def judge_command(
    runs: list[str] = typer.Argument(..., help="Runs of at least two models on the same questions."),
    *,
    pairs: int = typer.Option(100, "--pairs", min=1, help="Number of comparisons."),
    as_json: bool = AS_JSON,
    **settings: Any,
) -> None:
    """Let a model compare replies, each pair in both orders, and rate models by its votes.

    The same command again continues where it stopped.
    """
    from mmeval import UsageError
    from mmeval.arena.judge import judged_votes
    from mmeval.arena.keep import JUDGED, VOTES, add_votes, fitted, keep_ratings
    from mmeval.arena.pairs import choose_pairs

    chosen = read_settings(None, given(settings))
    if chosen.judge is None:
        raise UsageError("--judge PROVIDER/MODEL: name the model that votes")
    asked, left_out = choose_pairs(_questions(runs, chosen.results), pairs, seed=chosen.seed)
    run = _ask_judge(chosen.judge, asked, chosen, quiet=as_json)
    judged = add_votes(chosen.results, JUDGED, votes=list(judged_votes(run.records(), chosen.judge)))
    ratings = fitted(add_votes(chosen.results, VOTES), judged)
    keep_ratings(chosen.results, ratings)
    _show(ratings, left_out, as_json=as_json)
    raise typer.Exit(0 if run.info.status == "complete" else 5)


def _ask_judge(judge: str, asked: Sequence[Pair], settings: Settings, *, quiet: bool) -> Run:
    """Run the comparisons as a benchmark, in a results folder inside the arena's."""
    from mmeval.arena.judge import judge_benchmark
    from mmeval.arena.keep import stored
    from mmeval.arena.originals import original_samples
    from mmeval.report.progress import observer
    from mmeval.runner import run_one

    benchmark = judge_benchmark(asked, original_samples(asked, settings))
    own = {"results": stored(settings.results, "runs"), "options": settings.judge_options, "judge": None}
    shown = observer(console(error=True), quiet=quiet)
    try:
        run = run_one(benchmark, judge, settings.model_copy(update=own), observer=shown)
    finally:
        shown.close()
    _check_seen(run, judge)
    return run


def _check_seen(run: Run, judge: str) -> None:
    """Refuse a judge that was shown nothing, because it does not take what the questions or the replies hold."""
    from mmeval import UsageError

    if set(run.info.counts) == {"unsupported"}:
        why = next(record.failure.message for record in run.records() if record.failure)
        raise UsageError(f"--judge {judge}: {why}; it saw none of the replies, so name a model that can")


@arena_app.command("fit")
def fit_command(
    votes: list[Path] = FILES,
    results: Path = RESULTS,
    keep: bool = typer.Option(True, "--keep/--no-keep", help="Store votes and ratings in the results, for the site."),
    as_json: bool = AS_JSON,
) -> None:
    """Rate models by votes, with intervals and ranges of ranks."""
    from mmeval.arena.keep import JUDGED, VOTES, add_votes, fitted, keep_ratings, stored
    from mmeval.arena.votes import Votes, merge_votes

    if keep:
        merged = add_votes(results, VOTES, votes)
        known = stored(results, JUDGED)
        ratings = fitted(merged, merge_votes([known] if known.is_file() else []))
        keep_ratings(results, ratings)
    else:
        merged = merge_votes(votes)
        ratings = fitted(merged, Votes((), {}))
    _show(ratings, merged.left_out, as_json=as_json)


def _questions(runs: Sequence[str], results: Path) -> list[Question]:
    from mmeval.arena.pairs import questions_of

    return questions_of([find_run(run, results) for run in without_samples(runs)])


def _show(ratings: Mapping[str, Any], left_out: Mapping[str, int], *, as_json: bool) -> None:
    if as_json:
        echo_json(ratings)
        return
    for table in ratings["tables"]:
        name = table["category"] or "all votes"
        _print(f"{name}{', style and side taken out' if table['styled'] else ''}", table)
    for track in ratings["judges"]:
        _print(f"judged by {track['judge']}", track["table"], unit="questions")
        if track["agreement"]:
            found = track["agreement"]
            shown = "kappa {value:.2f} [{low:.2f}, {high:.2f}]".format(**found["kappa"])
            echo(f"same winner as people on {100 * found['same']:.0f} % of {found['pairs']} pairs, {shown}")
        if track["corrected"]:
            _print(f"judged by {track['judge']}, corrected by people's votes", track["corrected"], unit="questions")
    for reason, count in left_out.items():
        echo(f"left out: {count} {reason}")


def _print(title: str, table: Mapping[str, Any], *, unit: str = "voters") -> None:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    shown, rows = console(), table["rows"]
    counts = f"{table['votes']:,} votes {'on' if unit == 'questions' else 'of'} {table['voters']:,} {unit}"
    shown.print(f"[bold]{escape(title)}[/bold] · {counts}")
    grid = Table("rank", "model", "rating", "95 % interval", "votes", box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        rank = str(row["best"]) if row["best"] == row["worst"] else f"{row['best']}-{row['worst']}"
        bounds = f"[{row['low']:.0f}, {row['high']:.0f}]"
        grid.add_row(rank, escape(row["model"]), f"{row['rating']:.0f}", bounds, f"{row['votes']:,}")
    shown.print(grid)
    if any(row["group"] != rows[0]["group"] for row in rows):
        shown.print("some models never met, directly or through others: their ratings do not compare")
    if table["styled"]:
        effects = " · ".join(f"{key} {value:+.0f}" for key, value in table["effects"].items())
        shown.print(f"points per standard deviation: {effects}")
