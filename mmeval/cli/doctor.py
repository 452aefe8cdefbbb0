"""`mmeval doctor`: check the installation, and say how to install what is missing; or check a model's batches."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from mmeval.cli._runs import AS_JSON, PATH, RESULTS, catalog_of, console, echo_json
from mmeval.formatting import plural

if TYPE_CHECKING:
    from mmeval.catalog import Catalog
    from mmeval.definitions import Adapter

Level = Literal["ok", "missing", "unsure", "broken"]
DISTRIBUTION = "mmeval-harness"
ALL = 100
"""More requests than the check of a model needs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    level: Level
    what: str
    detail: str


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("doctor")(doctor_command)


def doctor_command(
    model: str | None = typer.Argument(
        None, metavar="[PROVIDER/MODEL]", help="Check instead whether this model's replies depend on their batch."
    ),
    option: list[str] = typer.Option([], "-o", "--option", metavar="KEY=VALUE", help="Option of the model's adapter."),
    path: list[Path] = PATH,
    results: Path = RESULTS,
    as_json: bool = AS_JSON,
) -> None:
    """Check packages, keys, definitions, results and disk; or a model. Exits with 2 if something is broken.

    A model is asked twelve questions, with one picture, two and none, one by one and all at once; the replies have to
    be the same. Keys are never printed.
    """
    catalog = catalog_of(path)
    if model is not None:
        found = _batches(model, option, path)
    else:
        found = [_python(), *_adapters(catalog), *_definitions(catalog), _results(results), _disk(), _browser()]
    if as_json:
        echo_json([asdict(finding) for finding in found])
    else:
        _print(found)
    if any(finding.level == "broken" for finding in found):
        raise typer.Exit(2)


def _python() -> Finding:
    from mmeval import __version__

    return Finding("ok", "mmeval", f"{__version__} · Python {platform.python_version()} · {sys.executable}")


def _adapters(catalog: Catalog) -> list[Finding]:
    from mmeval import MMEvalError

    found: list[Finding] = []
    for name in sorted(catalog.adapters()):
        try:
            adapter = catalog.adapter(name)
        except MMEvalError as error:
            found.append(Finding("broken", f"adapter {name}", str(error)))
            continue
        found.append(_adapter(name, adapter))
    return found


def _adapter(name: str, adapter: type[Adapter]) -> Finding:
    from importlib.metadata import PackageNotFoundError, version

    known, parts = adapter.capabilities, list[str]()
    level: Level = "ok"
    if known.sdk is not None:
        try:
            parts.append(f"{known.sdk} {version(known.sdk)}")
        except PackageNotFoundError:
            level = "missing"
            parts.append(f"{known.sdk} is not installed: pip install '{DISTRIBUTION}[{known.extra}]'")
    if known.env is not None:
        able, told = _access(adapter, known.env)
        level = level if able else "missing"
        parts.append(told)
    return Finding(level, f"adapter {name}", " · ".join(parts) or "ready")


def _access(adapter: type[Adapter], env: str) -> tuple[bool, str]:
    """Whether the environment lets the models be asked, and by what."""
    from mmeval.definitions import TellsAccess

    able = bool(os.environ.get(env))
    told = able, f"{env} is {'set' if able else 'not set'}"
    return adapter.access(os.environ) if isinstance(adapter, TellsAccess) else told


def _definitions(catalog: Catalog) -> list[Finding]:
    from mmeval import MMEvalError

    broken: list[Finding] = []
    names = sorted(catalog.benchmarks())
    for name in names:
        try:
            catalog.benchmark(name)
        except MMEvalError as error:
            broken.append(Finding("broken", f"benchmark {name}", str(error)))
    return [Finding("ok", "benchmarks", f"{len(names) - len(broken)} load"), *broken]


def _results(results: Path) -> Finding:
    from mmeval import store

    runs, problems = store.list_runs(results)
    if problems:
        return Finding("broken", f"results in {results}", problems[0].reason)
    return Finding("ok", f"results in {results}", plural(len(runs), "run"))


def _batches(model: str, option: list[str], path: list[Path]) -> list[Finding]:
    """Whether a model's replies depend on what else is in their batch."""
    import asyncio

    from mmeval.engine.options import Settings, pairs
    from mmeval.probe import Invariance, asking, invariance

    async def checked() -> Invariance:
        async with asking(model, Settings(options=dict(pairs(option)), path=tuple(path)), most=ALL) as ask:
            return await invariance(ask)

    found = asyncio.run(checked())
    same, of = found.asked - found.different, f"of {found.asked} replies"
    answered = Finding("ok", "answered", f"{found.answered} of {found.asked} questions")
    if not found.answered:
        return [Finding("broken", "answered", "none of the questions")]
    if not found.repeated:
        return [
            answered,
            Finding("unsure", "repeats", "one question asked twice has two replies; batches prove nothing"),
        ]
    if found.different:
        return [answered, Finding("broken", "batches", f"{same} {of} are the same in company; {found.example}")]
    if found.distinct < 2:
        return [
            answered,
            Finding("unsure", "batches", f"{same} {of} are the same, but all say one thing: nothing is shown"),
        ]
    return [answered, Finding("ok", "batches", f"{same} {of} are the same alone and in company")]


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free / 2**30
    return Finding("ok" if free > 1 else "missing", "disk", f"{free:.1f} GiB free")


def _browser() -> Finding:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    return Finding("ok" if found else "missing", "browser", found or "no Chromium; only the tests of the site need it")


def _print(found: list[Finding]) -> None:
    from rich.markup import escape

    shown = console()
    marks = {
        "ok": "[green]ok     [/green]",
        "missing": "[yellow]missing[/yellow]",
        "unsure": "[yellow]unsure [/yellow]",
        "broken": "[red]broken [/red]",
    }
    for finding in found:
        shown.print(f"{marks[finding.level]} {escape(finding.what)}: {escape(finding.detail)}", soft_wrap=True)
