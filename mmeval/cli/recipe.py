"""`mmeval recipe`: how the makers of a model say that they ask it, each value with its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mmeval.cli import _completion
from mmeval.cli._runs import AS_JSON, PATH, catalog_of, console, echo, echo_json

if TYPE_CHECKING:
    from mmeval.recipes import Recipe, Value

BASIS = {
    "evaluation": "how the published numbers were measured",
    "advice": "what its makers recommend; they do not say how the published numbers were measured",
}


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("recipe")(recipe_command)


def recipe_command(
    name: str = typer.Argument(
        ..., metavar="NAME", help="A name of `mmeval list recipes`.", autocompletion=_completion.recipes
    ),
    benchmark: str = typer.Option("", "--benchmark", metavar="NAME", help="Only what holds for this benchmark."),
    path: list[Path] = PATH,
    as_json: bool = AS_JSON,
) -> None:
    """Show how the makers of a model say that they ask it, each value with its source.

    `mmeval run --recipe NAME` asks a model that way.
    """
    from mmeval.recipes import read_recipe

    found = read_recipe(name, catalog_of(path))
    if as_json:
        echo_json(found.model_dump(mode="json"))
        return
    echo(f"{found.title}: {BASIS[found.basis]}")
    echo(f"for {', '.join(found.models)}")
    parts = [benchmark] if benchmark else ["", *sorted(found.benchmarks)]
    console().print(_table(found, parts))
    used = {one.source for part in parts for one in _own(found, part, alone=len(parts) == 1).values()}
    for key, source in ((key, found.sources[key]) for key in found.sources if key in used):
        echo(f"{key}: {source.url} (read {source.read}{f'; {source.note}' if source.note else ''})")
    for note in _notes(found, parts):
        echo(f"not done: {note}")


def _table(found: Recipe, parts: Sequence[str]) -> object:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("benchmark", "key", "value", "source"):
        table.add_column(column, overflow="fold")
    for part in parts:
        for key, one in sorted(_own(found, part, alone=len(parts) == 1).items()):
            table.add_row(part or "all", key, escape(str(one.value)), escape(f"{one.source}: {one.where}"))
    return table


def _own(found: Recipe, part: str, *, alone: bool) -> Mapping[str, Value]:
    """What holds for one benchmark: all of it, or beside the rows of all benchmarks only what is its own."""
    own = found.benchmarks[part].values if part in found.benchmarks else {}
    return {**found.values, **own} if alone or not part else own


def _notes(found: Recipe, parts: Sequence[str]) -> list[str]:
    own = [(name, text) for name in parts if name in found.benchmarks for text in found.benchmarks[name].notes]
    return [*found.notes, *(f"{name}: {text}" for name, text in own)]
