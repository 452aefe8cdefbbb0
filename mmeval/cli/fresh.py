"""`mmeval fresh seasons|seed|verify|export|diagnose`: the seasons of drawn questions, and why a model fails on them."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mmeval.cli._runs import AS_JSON, RESULTS, console, echo, echo_json, find_run

if TYPE_CHECKING:
    from mmeval.diagnosis import Diagnosis


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    verbs = typer.Typer(no_args_is_help=True)
    verbs.command("seasons")(seasons_command)
    verbs.command("seed")(seed_command)
    verbs.command("verify")(verify_command)
    verbs.command("export")(export_command)
    verbs.command("diagnose")(diagnose_command)
    app.add_typer(verbs, name="fresh", help="Seasons of drawn questions, and why a model fails on them.")


def seasons_command(as_json: bool = AS_JSON) -> None:
    """List the public seasons with their generators."""
    from mmeval.fresh.seasons import all_public

    found = all_public()
    if as_json:
        echo_json({"schema_version": 1, "seasons": {name: one.describe() for name, one in found.items()}})
        return
    for name, one in found.items():
        drawn = ", ".join(f"{generator} {version}" for generator, version in (one.generators or {}).items())
        echo(f"{name}  {one.per_step} items for each generator and step: {drawn}")


def seed_command() -> None:
    """Make the seed of a private season, and the commitment to publish before anyone is asked."""
    from mmeval.fresh.seasons import ENV, PRIVATE, commitment

    seed = secrets.token_hex(16)
    echo(f"{ENV}={seed}\ncommitment: {commitment(seed)}")
    echo(f"Keep the seed secret, publish the commitment, and run `{ENV}=... mmeval run fresh@{PRIVATE} -m MODEL`.")


def verify_command(
    commitment: str = typer.Argument(..., metavar="COMMITMENT|RUN", help="What was published, or a private run."),
    seed: str = typer.Option(..., "--seed", metavar="SEED", help="The seed that was revealed."),
    results: Path = RESULTS,
) -> None:
    """Check that a revealed seed is the one that a private season committed itself to.

    Then `MMEVAL_FRESH_SEED=SEED mmeval verify RUN` draws the questions again and scores the replies.
    """
    from mmeval import UsageError
    from mmeval.fresh.seasons import commitment as commit

    published = commitment
    if len(commitment) != 64 or not set(commitment) <= set("0123456789abcdef"):
        stored = find_run(commitment, results).info.spec.data.get("commitment")
        if not isinstance(stored, str):
            raise UsageError(f"{commitment}: the run is of no private season, so it holds no commitment")
        published = stored
    if commit(seed) != published:
        echo(f"failed: the seed has the commitment {commit(seed)}, not {published}")
        raise typer.Exit(1)
    echo(f"passed: {published} is the commitment of this seed")


def export_command(
    season: str = typer.Argument(..., metavar="SEASON", help="A public season, such as 2026-11."),
    out: Path | None = typer.Option(None, "--out", metavar="FILE", help="Default: where a run looks for it."),
) -> None:
    """Write the items of a season into a file, from which later releases ask it once its generators have changed."""
    from mmeval import UsageError
    from mmeval.catalog import Catalog
    from mmeval.fresh import kept
    from mmeval.fresh.seasons import PRIVATE, named
    from mmeval.fresh.source import Drawn
    from mmeval.store import replacing

    if season == PRIVATE:
        raise UsageError("only a public season is written down; a private one is drawn from its seed")
    found, catalog = named(season), Catalog()
    sources = (catalog.benchmark(f"{name}@{season}").data for name in catalog.benchmarks() if name.startswith("fresh_"))
    drawn = [one for one in sources if isinstance(one, Drawn) and one.within()]
    changed = next(filter(None, (one.changed() for one in drawn)), None)
    if changed:
        raise UsageError(f"{changed}; export the season with mmeval {found.release}")
    typer.echo(f"drawing season {season}, which takes a minute", err=True)
    with replacing(out or found.file()) as file:
        count = kept.write(found, {one.family: one.generators for one in drawn}, file.buffer)  # type: ignore[attr-defined]
    echo(f"{out or found.file()}: {count} items of season {season}")


def diagnose_command(results: Path = RESULTS, as_json: bool = AS_JSON) -> None:
    """Show for each model what an image costs it, compared with words that say the same.

    Needs runs made with `mmeval run fresh --diagnose`.
    """
    from mmeval import UsageError
    from mmeval.diagnosis import diagnoses
    from mmeval.store import list_runs

    found = list(diagnoses(list_runs(results)[0]))
    if not found:
        raise UsageError(
            f"{results}: no model has runs both with images and with descriptions; use `mmeval run fresh --diagnose`"
        )
    if as_json:
        echo_json({"schema_version": 1, "diagnoses": [_plain(one) for one in found]})
        return
    print_diagnoses(found)


def _plain(one: Diagnosis) -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(one), "verdict": one.verdict}


def print_diagnoses(found: list[Diagnosis]) -> None:
    """A table with one row for each model and benchmark."""
    from mmeval.report.terminal import print_rows

    heads = ("model", "benchmark", "image", "own words", "complete words", "complete - image", "")
    rows = [
        (
            one.model,
            one.benchmark,
            f"{one.image.value:.1%}",
            f"{one.own.value:.1%}" if one.own else "",
            f"{one.gold.value:.1%}",
            f"{100 * one.seeing.value:+.1f} [{100 * one.seeing.low:+.1f}, {100 * one.seeing.high:+.1f}]",
            one.verdict,
        )
        for one in found
    ]
    print_rows(heads, rows, console(), right=(2, 3, 4, 5))
