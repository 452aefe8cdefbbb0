"""`mmeval new`: write the file of a new run, suite, gate, benchmark or adapter, ready to use."""

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
from mmeval.documents import read_toml


class What(StrEnum):
    """The templates."""

    run = "run"
    suite = "suite"
    gate = "gate"
    benchmark = "benchmark"
    adapter = "adapter"


FILES = {
    What.run: ("{}.toml", "run.toml.txt"),
    What.suite: ("benchmarks/suites.toml", "suite.toml.txt"),
    What.gate: ("gate.yaml", "gate.yaml.txt"),
    What.benchmark: ("benchmarks/{}.py", "benchmark.py.txt"),
    What.adapter: ("adapters/{}.py", "adapter.py.txt"),
}
"""What is written, below the project folder, and from which template."""
NEXT = {
    What.run: ["mmeval run -c {file}"],
    What.suite: ["mmeval run {name} -m baseline/majority"],
    What.gate: [
        "mmeval run bar_reading -m baseline/majority",
        'mmeval gate accept FOLDER_OF_THAT_RUN --reason "first baseline"',
        "mmeval gate plan -c {file}",
        "mmeval gate run -c {file}",
    ],
    What.benchmark: ["mmeval run {name} -m mock/echo"],
    What.adapter: ["mmeval run QUESTIONS.jsonl -m {name}/MODEL"],
}


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("new")(new_command)


def new_command(
    what: What = typer.Argument(..., help="Template to use."),
    name: str = typer.Argument(..., help="Name: lower-case letters, digits, _ and -."),
    folder: Path = typer.Option(Path(), "--in", help="Project folder; benchmarks/ and adapters/ are inside it."),
) -> None:
    """Write a commented file that works: a run, a suite, a gate, a benchmark or an adapter."""
    _check_name(name)
    path, template = FILES[what]
    file = folder / path.format(name)
    text = Template(resources.files("mmeval.cli").joinpath(f"scaffold/{template}").read_text(encoding="utf-8"))
    title = re.sub(r"[_-]+", " ", name).capitalize()
    _write(file, text.substitute(name=name, title=title), name, add=what is What.suite)
    if what is What.benchmark:
        _example_rows(file.parent / f"{name}-data")
    for command in NEXT[what]:
        echo(f"next: {command.format(name=name, file=file)}")


def _write(file: Path, text: str, name: str, *, add: bool) -> None:
    """Write a new file; with `add`, append to one that has no such table yet."""
    if file.exists() and not add:
        raise UsageError(f"{file} exists; choose another name, or another folder with --in")
    if file.exists() and name in read_toml(file, UsageError):
        raise UsageError(f"{file} has a suite {name!r}; choose another name or edit it")
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as out:
        out.write(text if out.tell() else text.lstrip("\n"))
    echo(f"wrote {file}")


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
