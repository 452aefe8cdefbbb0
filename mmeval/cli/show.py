"""`mmeval show RUN`: the metrics of a run, and its samples."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import typer

from mmeval.cli._runs import AS_JSON, RESULTS, RUN, console, echo_json, find_run


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("show")(show_command)


def show_command(
    run: str = RUN,
    sample: str = typer.Option("", "--id", help="Show only the sample with this id."),
    wrong: bool = typer.Option(False, "--wrong", help="Show samples with a wrong answer."),
    errors: bool = typer.Option(False, "--errors", help="Show samples without a usable reply."),
    unparsed: bool = typer.Option(False, "--unparsed", help="Show replies without a readable answer."),
    limit: int = typer.Option(10, "--limit", min=1, help="Largest number of samples to show."),
    results: Path = RESULTS,
    as_json: bool = AS_JSON,
) -> None:
    """Show the metrics of a run and, with a filter, its samples."""
    found = find_run(run, results)
    chosen = [(wrong, _is_wrong), (errors, _is_error), (unparsed, _is_unparsed)]
    tests = [test for on, test in chosen if on]
    picked: list[Any] = []
    if sample or tests:
        picked = list(islice(_pick(found, sample, tests), limit))
    if as_json:
        echo_json(_as_json(found, picked))
    else:
        _print(found, picked, bool(sample or tests))


def _is_wrong(record: Any) -> bool:
    return record.score is not None and record.score.value < 1


def _is_error(record: Any) -> bool:
    return record.status not in ("ok", "truncated")


def _is_unparsed(record: Any) -> bool:
    return record.score is not None and record.score.answer is None


def _pick(run: Any, sample: str, tests: list[Any]) -> Iterator[Any]:
    for record in run.records():
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


def _print(run: Any, records: list[Any], filtered: bool) -> None:
    from rich.markup import escape

    from mmeval import formatting as numbers

    shown = console()
    shown.print(f"[bold]{escape(run.info.spec.model)}[/bold] on [bold]{escape(run.info.spec.benchmark)}[/bold]")
    shown.print(f"{run.info.status} · profile {escape(run.info.spec.profile)} · {escape(str(run.path))}")
    shown.print(_numbers(run.info))
    shown.print(_status_line(run.info))
    if run.info.spec.judge:
        judged = numbers.judged_by(run.info.spec.judge, run.info.provenance.get("agreement"))
        shown.print(f"judged by {escape(str(judged))}")
    for record in records:
        _print_record(shown, record)
    if filtered and not records:
        shown.print("no sample matches")


def _numbers(info: Any) -> Any:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    from mmeval import formatting as numbers

    table = Table("metric", "value", "95 % interval", "n", "method", box=box.SIMPLE_HEAD, pad_edge=False)
    for name, number in sorted(info.metrics.items(), key=lambda item: (item[0] != info.primary_metric, item[0])):
        value, interval = numbers.points(number.value, scale=info.scale), numbers.interval(number, scale=info.scale)
        row = (value, interval, str(number.n), number.method)
        table.add_row(escape(name), *row)
    return table


def _status_line(info: Any) -> str:
    from mmeval import formatting as numbers

    counts = " · ".join(f"{number} {status}" for status, number in sorted(info.counts.items()) if number)
    cost = numbers.money(info.totals.cost)
    return f"{sum(info.counts.values())}/{info.planned} samples · {counts} · {info.unparsed} unparsed · cost {cost}"


def _print_record(shown: Any, record: Any) -> None:
    from rich.markup import escape

    score = record.score
    head = f"\n[bold]{escape(record.id)}[/bold] · {record.status}"
    if score is not None:
        head += f" · {score.value:g} · answer {escape(repr(score.answer))} · {escape(score.rule)} {escape(score.note)}"
    shown.print(head)
    if record.failure is not None:
        shown.print(f"  {escape(record.failure.kind)}: {escape(record.failure.message)}")
    if record.reply is not None:
        shown.print("  " + escape(record.reply.text[:2000]).replace("\n", "\n  "), soft_wrap=True)
