"""`mmeval rescore RUN --profile P`: score stored replies under another profile."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mmeval.cli._runs import AS_JSON, FILE, PATH, RESULTS, RUN, catalog_of, echo, echo_json, find_run

if TYPE_CHECKING:
    from mmeval.catalog import Catalog


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("rescore")(rescore_command)


def rescore_command(
    run: str = RUN,
    profile: str = typer.Option(..., "--profile", help="Scoring profile: official, mmeval, vlmevalkit-2026-08, ..."),
    benchmark: str = typer.Option("", "--benchmark", help="Benchmark, if it has another name now."),
    file: Path | None = FILE,
    path: list[Path] = PATH,
    results: Path = RESULTS,
    as_json: bool = AS_JSON,
) -> None:
    """Score the stored replies of a run under another profile, into a new run folder. Asks no model."""
    from mmeval.rescore import rescore

    source = source_of(run, results, catalog_of(path), benchmark=benchmark, file=file)
    made = rescore(source, profile)
    before, after = source.run.info, made.info
    if as_json:
        echo_json({"run": str(made.path), "profile": profile, "metrics": after.model_dump(mode="json")["metrics"]})
        return
    echo(f"{before.spec.profile:24} {_headline(before)}")
    echo(f"{profile:24} {_headline(after)}")
    echo(f"written to {made.path}")


def source_of(run: str, results: Path, catalog: Catalog, *, benchmark: str = "", file: Path | None = None) -> Any:
    """A run with its benchmark, samples and journal; raises UsageError when one of them is missing."""
    from mmeval import UsageError
    from mmeval.engine.options import Settings
    from mmeval.rescore import open_source
    from mmeval.runner import jobs

    found = find_run(run, results)
    if not benchmark:
        return open_source(found, catalog=catalog, file=file)
    named = jobs([benchmark], Settings(path=catalog.paths))
    if len(named) != 1:
        raise UsageError(f"{benchmark} is a suite; give one benchmark or file")
    return open_source(found, job=named[0])


def _headline(info: Any) -> str:
    from mmeval import formatting as numbers

    found = info.metrics.get(info.primary_metric)
    measured = sum(info.counts.values())
    return f"{info.primary_metric} {numbers.score(found, scale=info.scale)}   unparsed {info.unparsed} of {measured}"


def between_profiles(
    run: str, profiles: str, *, results: Path, catalog: Catalog, file: Path | None, shown: int, as_json: bool
) -> None:
    """Print `mmeval diff RUN --profiles A,B`: both headlines, the rules that disagree, and the samples."""
    from mmeval import UsageError
    from mmeval.rescore import profile_diff

    names = [name.strip() for name in profiles.split(",")]
    if len(names) != 2 or not all(names):
        raise UsageError(f"--profiles {profiles!r}: give two names, as in --profiles mmeval,vlmevalkit-2026-08")
    source = source_of(run, results, catalog, file=file)
    found = profile_diff(source, (names[0], names[1]))
    if as_json:
        echo_json({**asdict(found), "run": str(found.run)})
        return
    _print_diff(found, source.benchmark.metric, shown)


def _print_diff(found: Any, metric: Any, shown: int) -> None:
    from mmeval import formatting as numbers

    for name, estimate in zip(found.profiles, found.headlines, strict=True):
        echo(f"{name:24} {metric.name} {numbers.score(estimate, scale=metric.scale)}")
    echo(f"{len(found.changes)} of {found.n} samples have a different answer, {found.graded} a different score")
    for before, after, count, delta in found.rules:
        echo(f"  {count:6}  {before or '-'} -> {after or '-'}  ({delta:+g} points of score)")
    for change in found.changes[:shown]:
        echo("")
        echo(f"{change.id}  target {_short(change.target)}")
        echo(f"  reply: {_short(change.reply)}")
        for name, score in zip(found.profiles, change.scores, strict=True):
            echo(f"  {name:24} {_reading(score)}")
    if len(found.changes) > shown:
        echo(f"... {len(found.changes) - shown} more; use --flips N for more, or --json for all")


def _reading(score: Any) -> str:
    if score is None:
        return "not scored"
    answer = "unparsed" if score.answer is None else repr(_short(score.answer))
    return f"{score.value:g}  {answer} by {score.rule}"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 160 else f"{flat[:60]} ... {flat[-95:]}"
