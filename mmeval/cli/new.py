"""`mmeval new`: write the file of a new benchmark or adapter, ready to run."""

from __future__ import annotations

import json
import keyword
import re
from enum import StrEnum
from importlib import resources
from pathlib import Path
from string import Template

import typer

from mmeval import UsageError
from mmeval.cli._runs import echo


class What(StrEnum):
    """The templates."""

    benchmark = "benchmark"
    adapter = "adapter"


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("new")(new_command)


def new_command(
    what: What = typer.Argument(..., help="Template to use."),
    name: str = typer.Argument(..., help="Name: lower-case letters, digits, _ and -."),
    folder: Path = typer.Option(Path(), "--in", help="Project folder, which contains benchmarks/ and adapters/."),
) -> None:
    """Write a working definition file to benchmarks/ or adapters/ of your project."""
    _check_name(name)
    file = folder / f"{what.value}s" / f"{name}.py"
    if file.exists():
        raise UsageError(f"{file} exists; choose another name or edit it")
    file.parent.mkdir(parents=True, exist_ok=True)
    template = resources.files("mmeval.cli").joinpath(f"scaffold/{what.value}.py.txt").read_text(encoding="utf-8")
    title = re.sub(r"[_-]+", " ", name).capitalize()
    file.write_text(Template(template).substitute(name=name, title=title), encoding="utf-8")
    echo(f"wrote {file}")
    if what is What.benchmark:
        _example_rows(file.parent / f"{name}-data")
        echo(f"next: mmeval run {name} -m mock/echo")
    else:
        echo(f"next: mmeval run QUESTIONS.jsonl -m {name}/MODEL")


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name) or keyword.iskeyword(name):
        raise UsageError(f"{name!r} is not a valid name: use lower-case letters, digits, _ and -")


def _example_rows(folder: Path) -> None:
    from PIL import Image

    folder.mkdir(exist_ok=True)
    rows = []
    for number, colour in enumerate(("red", "blue")):
        Image.new("RGB", (64, 64), colour).save(folder / f"{colour}.png")
        question = "What colour is the picture? Answer with one word."
        rows.append({"id": number, "image": f"{colour}.png", "question": question, "answer": colour})
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "questions.jsonl").write_text(lines, encoding="utf-8")
    echo(f"wrote {folder} with two example rows; replace them")
