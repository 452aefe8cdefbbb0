"""`mmeval probe`: find out by asking what a model can take and give."""

from __future__ import annotations

import asyncio
import functools
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mmeval.cli._options import PANELS, given, with_settings
from mmeval.cli._runs import AS_JSON, console, echo, echo_json

if TYPE_CHECKING:
    from mmeval.engine.options import Settings
    from mmeval.probe import Finding

MOST = 60
"""Requests that all checks together never exceed."""
TAKES = ("options", "max_cost", "max_tokens", "max_minutes", "timeout", "deadline", "concurrency", "results", "path")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("probe")(probe_command)


@functools.partial(with_settings, leave={name for names in PANELS.values() for name in names} - set(TAKES))
def probe_command(
    model: str = typer.Argument(..., metavar="PROVIDER/MODEL", help="The model to ask."),
    requests: int = typer.Option(MOST, "--requests", min=1, help="Ask at most N questions."),
    as_json: bool = AS_JSON,
    **settings: Any,
) -> None:
    """Find out by asking what a model can take and give, and store it in RESULTS/_capabilities.

    Asks some 30 short questions, without the cache. A `yes` is shown by replies; what is only taken without an error is
    `accepted`.
    """
    from mmeval.engine.options import read_settings

    read = read_settings(None, given(settings))
    found = asyncio.run(_found(model, read, requests))
    file = _store(model, read.results, found)
    if as_json:
        echo_json([asdict(finding) for finding in found])
    else:
        _print(found)
        echo(f"stored in {file}")
    if not any(finding.answer in ("yes", "accepted") for finding in found):
        raise typer.Exit(5)


async def _found(model: str, settings: Settings, most: int) -> list[Finding]:
    from mmeval.probe import asking, probe

    async with asking(model, settings, most=most) as ask:
        return [finding async for finding in probe(ask)]


def _store(model: str, results: Path, found: list[Finding]) -> Path:
    """Write the row of this model beside the runs."""
    import json
    import time

    from mmeval.store import slug, write_atomic

    file = results / "_capabilities" / f"{slug(model)}.json"
    row = {finding.name: asdict(finding) for finding in found}
    about = {"model": model, "probed": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "capabilities": row}
    write_atomic(file, json.dumps(about, ensure_ascii=False, indent=1) + "\n")
    return file


def _print(found: list[Finding]) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("ability", "answer", "up to", "how it shows"):
        table.add_column(column, overflow="fold")
    for finding in found:
        value = "" if finding.value is None else str(finding.value)
        table.add_row(finding.name, finding.answer, value, finding.detail, style=None)
    console().print(table)
