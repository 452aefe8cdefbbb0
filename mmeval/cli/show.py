"""`mmeval show RUN`: the metrics of a run, and its samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import typer

from mmeval.cli._runs import AS_JSON, RESULTS, RUN, console, echo_json, find_run

MOST = 2000
"""Characters of one text that are printed."""


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("show")(show_command)


def show_command(
    run: str = RUN,
    sample: str = typer.Option("", "--id", help="Show only the sample with this id."),
    wrong: bool = typer.Option(False, "--wrong", help="Show samples with a wrong answer."),
    errors: bool = typer.Option(False, "--errors", help="Show samples without a usable reply, and why there is none."),
    unparsed: bool = typer.Option(False, "--unparsed", help="Show replies without a readable answer."),
    limit: int = typer.Option(10, "--limit", min=1, help="Largest number of samples to show."),
    results: Path = RESULTS,
    as_json: bool = AS_JSON,
) -> None:
    """Show the metrics of a run and, with a filter, its samples."""
    from mmeval.report.samples import is_error, is_unparsed, is_wrong

    found = find_run(run, results)
    chosen: list[tuple[bool, Any]]
    chosen = [(wrong, partial(is_wrong, wrong=found.info.wrong)), (errors, is_error), (unparsed, is_unparsed)]
    tests = [test for on, test in chosen if on]
    picked: list[Any] = []
    if sample or tests:
        picked = list(islice(_pick(found, sample, tests), limit))
    if as_json:
        echo_json(_as_json(found, picked))
        return
    _print_run(found)
    if errors:
        _print_groups(found)
    if sample or tests:
        _print_samples(found, picked)


def _pick(run: Any, sample: str, tests: list[Any]) -> Iterator[Any]:
    from mmeval.report.samples import last

    for record in last(run.records()):
        if (not sample or record.id == sample) and (not tests or any(test(record) for test in tests)):
            yield record


def _as_json(run: Any, records: list[Any]) -> dict[str, Any]:
    import json

    from mmeval.store import dump_record

    return {
        "path": str(run.path),
        "run": run.info.model_dump(mode="json"),
        "samples": [json.loads(dump_record(record)) for record in records],
    }


def _print_run(run: Any) -> None:
    from rich.markup import escape

    from mmeval import formatting as numbers
    from mmeval.judging.measured import said_of
    from mmeval.report.missing import missing_line
    from mmeval.store import agreement_of

    shown, info = console(), run.info
    shown.print(f"[bold]{escape(info.spec.model)}[/bold] on [bold]{escape(info.spec.benchmark)}[/bold]")
    shown.print(f"{info.status} · profile {escape(info.spec.profile)} · {escape(str(run.path))}", soft_wrap=True)
    if info.spec.recipe:
        shown.print(escape(_recipe(info)), soft_wrap=True)
    if info.reason:
        shown.print(escape(info.reason), soft_wrap=True)
    shown.print(_numbers(info))
    shown.print(_status_line(run))
    if info.status == "running":
        shown.print("it goes on, or its process has ended; the same command continues it", highlight=False)
    if missing := missing_line(info):
        shown.print(missing, highlight=False, soft_wrap=True)
    if info.spec.judge:
        judged = numbers.judged_by(info.spec.judge, agreement_of(run), said_of(run))
        shown.print(f"judged by {escape(str(judged))}")


def _recipe(info: Any) -> str:
    """The recipe that was followed, and what was set instead."""
    told = info.provenance.get("recipe")
    changed = told.get("changed") if isinstance(told, dict) else None
    return f"recipe {info.spec.recipe}" + (f", but for {', '.join(sorted(changed))}" if changed else "")


def _numbers(info: Any) -> Any:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    from mmeval import formatting as numbers

    table = Table("metric", "value", "95 % interval", "n", "method", box=box.SIMPLE_HEAD, pad_edge=False)
    for name, number in sorted(info.metrics.items(), key=lambda item: (item[0] != info.primary_metric, item[0])):
        value, interval = numbers.points(number.value, scale=info.scale), numbers.interval(number, scale=info.scale)
        method = number.method + (f", {numbers.FEW}" if number.few_clusters else "")
        table.add_row(escape(name), value, interval, str(number.n), method)
    return table


def _status_line(run: Any) -> str:
    from mmeval import formatting as numbers
    from mmeval.store import Files, read_journal

    info, found = run.info, run.info.counts
    if info.status == "running":  # run.json has the counts at the end
        found = Counter({(one.id, one.epoch): one.status for one in read_journal(Files(run.path).journal)}.values())
    counts = " · ".join(f"{number} {status}" for status, number in sorted(found.items()) if number)
    cost = numbers.money(info.totals.cost)
    known = [] if info.status == "running" else [f"{info.unparsed} unparsed", f"cost {cost}"]
    return f"{sum(found.values())}/{info.planned} samples · {' · '.join(filter(None, [counts, *known]))}"


def _print_groups(run: Any) -> None:
    """How many samples failed for which reason."""
    from mmeval.report.samples import grouped

    shown = console()
    for group in grouped(run.records()):
        text = f"{group.n} of {run.info.planned}: {group.message} [{group.status}]"
        shown.print(text, markup=False, highlight=False, soft_wrap=True)


def _print_samples(run: Any, records: list[Any]) -> None:
    from rich.markup import escape

    from mmeval.report.samples import labelled, questions

    shown = console()
    if not records:
        missing = " on this machine: its journal is not here" if not run.files.journal.exists() else ""
        shown.print(f"no sample matches{missing}")
    stored = questions(run, {record.id for record in records})
    for record in records:
        epoch = f" · epoch {record.epoch}" if run.info.spec.epochs > 1 else ""
        shown.print(f"\n[bold]{escape(record.id)}[/bold] · {record.status}{epoch}")
        for label, text, _ in labelled(run, record, stored.get(record.id)):
            known = text if len(text) <= MOST else f"{text[:MOST]} ... ({len(text):,} characters)"
            shown.print(f"  {label:9} {escape(known)}".replace("\n", "\n" + " " * 12), soft_wrap=True)
