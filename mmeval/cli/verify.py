"""`mmeval verify RUN...`: check runs that somebody else may have made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mmeval import UsageError
from mmeval.cli._runs import AS_JSON, PATH, RESULTS, console, echo_json, find_folder, without_samples

if TYPE_CHECKING:
    from mmeval.verify import Report

EXIT = {"verified": 0, "differs": 1, "incomplete": 3}
SUMMARY = {
    "verified": "verified",
    "differs": "differs from what it says",
    "incomplete": "not verified: not everything could be checked",
}
EPILOG = "Exit codes: 0 every run is verified · 1 a check differs · 3 nothing differs, but a check could not be made."


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="verify", epilog=EPILOG)(verify_command)


def verify_command(
    runs: list[str] = typer.Argument(
        ..., metavar="RUN...", help="Run folders, files in them, or folders that hold runs."
    ),
    ask: int = typer.Option(0, "--ask", min=0, metavar="K", help="Ask K random samples again, without the cache."),
    option: list[str] = typer.Option(
        [], "-o", "--option", metavar="KEY=VALUE", help="Option of the adapter, with --ask (repeatable)."
    ),
    max_cost: float | None = typer.Option(
        None, "--max-cost", help="Stop asking after this many US dollars.", show_default="none"
    ),
    max_minutes: float | None = typer.Option(
        None, "--max-minutes", help="Stop asking after this many minutes.", show_default="none"
    ),
    public_key: list[Path] = typer.Option(
        [], "--public-key", metavar="FILE", help="Require the signature of this key (repeatable: of one of them)."
    ),
    trusted: Path | None = typer.Option(
        None, "--trusted", file_okay=False, help="Folder of keys, FILE.pub, as with --public-key.", show_default="none"
    ),
    record: bool = typer.Option(True, "--record/--no-record", help="Store what was found in verified.json."),
    file: Path | None = typer.Option(None, help="File of questions, if the runs are of one.", show_default="none"),
    offline: bool = typer.Option(False, "--offline", help="Do not download data."),
    results: Path = RESULTS,
    path: list[Path] = PATH,
    as_json: bool = AS_JSON,
) -> None:
    """Check that runs are what they say: files, samples, scores, headline and signature.

    The replies are scored again; no model is asked without --ask. What is found is stored beside the run.
    """
    from mmeval.engine.options import pairs, read_settings
    from mmeval.verify import read_public_keys, verify
    from mmeval.verify import record as store_record

    given = {"options": pairs(option), "max_cost": max_cost, "max_minutes": max_minutes, "offline": offline}
    settings = read_settings(None, {**given, "path": tuple(path)})
    keys = read_public_keys([*public_key, *_keys(trusted)])
    found: list[Report] = []
    for folder in _folders(runs, results):
        report = verify(folder, settings, questions=file, ask=ask, trusted=keys)
        if record:
            store_record(report)
        found.append(report)
        if not as_json:
            _print(report)
    if as_json:
        echo_json([_as_json(report) for report in found])
    codes = {EXIT[report.verdict] for report in found}
    raise typer.Exit(1 if 1 in codes else max(codes))


def _keys(trusted: Path | None) -> list[Path]:
    if trusted is None:
        return []
    found = sorted(trusted.glob("*.pub"))
    if not found:
        raise UsageError(f"--trusted {trusted}: no FILE.pub in this folder")
    return found


def _folders(references: Sequence[str], results: Path) -> list[Path]:
    """The run folders that are named, and those below the folders that are named; raises UsageError for none."""
    from mmeval.store import is_run
    from mmeval.store.layout import run_folders

    found: dict[Path, None] = {}
    for reference in without_samples(references):
        folder = Path(reference)
        if folder.is_file():
            reference, folder = str(folder.parent), folder.parent
        below = [] if is_run(folder) or not folder.is_dir() else [*run_folders(folder), *run_folders(results)]
        inside = [one for one in below if one.is_relative_to(folder)]
        found |= dict.fromkeys(inside or [find_folder(reference, results)])
    if not found:
        raise UsageError(f"no run in {', '.join(references)}; name a run folder, or the folder that holds some")
    return list(found)


def _print(report: Report) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from mmeval.formatting import plain

    styles = {"ok": "green", "differs": "bold red", "not checkable": "yellow"}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("check", "result", "reason"):
        table.add_column(name, overflow="fold", no_wrap=name != "reason")
    for check in report.checks:
        table.add_row(check.name, Text(check.result, styles[check.result]), Text(plain(check.reason)))
    shown = console()
    shown.print(f"{plain(str(report.run))}: {SUMMARY[report.verdict]}", markup=False, highlight=False, soft_wrap=True)
    shown.print(table)


def _as_json(report: Report) -> dict[str, Any]:
    checks = {check.name: {"result": check.result, "reason": check.reason} for check in report.checks}
    return {"run": str(report.run), "verdict": report.verdict, "asked": report.asked, "checks": checks}
