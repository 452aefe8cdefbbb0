"""`mmeval describe`: what a checkpoint consists of, without loading its weights."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mmeval import UsageError
from mmeval.cli._runs import AS_JSON, PATH, catalog_of, console, echo, echo_json
from mmeval.formatting import plural

if TYPE_CHECKING:
    from mmeval.anatomy import Description

LOCAL = ("transformers", "vllm", "sglang", "similarity", "likeness", "detector", "aesthetic")
"""Providers whose model is a checkpoint."""
MODEL = typer.Argument(..., metavar="MODEL", help="Folder, name on the hub, or PROVIDER/MODEL.")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("describe")(describe_command)


def describe_command(
    model: str = MODEL,
    revision: str | None = typer.Option(None, "--revision", help="Commit, tag or branch on the hub."),
    card: bool = typer.Option(False, "--card", help="Print a model card for models.toml."),
    path: list[Path] = PATH,
    as_json: bool = AS_JSON,
) -> None:
    """Say what a model consists of: parts and their sizes, context, tokens per image, licence and memory.

    Reads the configuration and the headers of the files, never the weights. What they do not say stays unknown.
    """
    from mmeval.anatomy import Description, describe, opened
    from mmeval.catalog import bundled

    provider, _, inner = model.partition("/")
    known = catalog_of(path).model_cards().get(model)
    if known is not None and provider not in LOCAL:
        found = Description(
            name=model,
            parts=known.get("parts", {}),
            total=int(known["parameters"] * 1e9) if "parameters" in known else None,
            notes=("a hosted model: this is what models.toml says",),
        )
    elif provider in catalog_of(path).adapters() and provider not in LOCAL and not model.startswith((".", "/", "~")):
        found = _hosted_or_hub(model, revision)
    else:
        shipped = bundled() / "adapters" / "weights" / inner
        own = str(shipped) if provider == "transformers" and shipped.is_dir() else inner
        found = describe(opened(own if provider in LOCAL else model, revision))
    if as_json:
        echo_json(asdict(found))
    elif card:
        echo(_card(model, found))
    else:
        _print(found)


def _hosted_or_hub(model: str, revision: str | None) -> Description:
    """A name such as `openai/clip-vit-base-patch32` is an organisation on the hub and a provider."""
    from mmeval.anatomy import describe, opened

    try:
        return describe(opened(model, revision))
    except UsageError as error:
        raise UsageError(
            f"{model}: models.toml has no card of it, and it is not a checkpoint that can be read: {error}"
        ) from None


def _print(found: Description) -> None:
    from rich import box
    from rich.table import Table

    from mmeval.anatomy import PARTS

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("part", "what", "parameters"):
        table.add_column(column, justify="right" if column == "parameters" else "left", overflow="fold")
    for part, title in PARTS.items():
        size = found.parameters.get(part)
        has = bool(size or found.parts.get(part))
        none = "none" if found.parameters else "unknown"
        table.add_row(title, found.parts.get(part) or ("unknown" if has else none), _count(size) if size else "")
    if found.parameters.get("other"):
        table.add_row("other", "tensors of no part that is known", _count(found.parameters["other"]))
    console().print(table)
    for name, value in _facts(found).items():
        echo(f"{name:<17}{value}")
    for note in found.notes:
        echo(f"note: {note}")


def _facts(found: Description) -> dict[str, str]:
    tokens = ", ".join(f"{count:,} for {size}" for size, count in found.image_tokens.items())
    weights = ", ".join(f"{_bytes(size)} in {name}" for name, size in found.weights_bytes.items())
    cache = f"; and {_bytes(1000 * found.cache_bytes)} per 1,000 tokens in flight" if found.cache_bytes else ""
    stored = " ".join(filter(None, (found.dtype, f"({found.quantized})" if found.quantized else "")))
    return {
        "model type": found.kind or "unknown",
        "parameters": f"{_count(found.total)}" if found.total else "unknown",
        "stored as": stored or "unknown",
        "context": plural(found.context, "token") if found.context else "unknown",
        "reads": "; ".join(f"{kind}: {how}" for kind, how in found.reads.items()) or "unknown",
        "tokens per image": tokens or "unknown",
        "tokens of a film": f"{found.film_tokens:,} for 16 frames of 336x336" if found.film_tokens else "unknown",
        "licence": found.licence or "unknown",
        "memory": f"weights: {weights}{cache}" if weights else "unknown",
    }


def _card(model: str, found: Description) -> str:
    """A table for models.toml, with what is known."""
    import json

    parts = ", ".join(f"{part} = {json.dumps(text)}" for part, text in found.parts.items())
    lines = [
        f"[{json.dumps(model)}]",
        "open = true" if found.parameters else "",
        f"parameters = {found.total / 1e9:.3g}" if found.total else "",
        f"parts = {{ {parts} }}" if parts else "",
        f"context = {found.context}" if found.context else "",
        f"license = {json.dumps(found.licence)}" if found.licence else "",
    ]
    return "\n".join(filter(None, lines))


def _count(number: int | None) -> str:
    if not number:
        return ""
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return str(number)


def _bytes(number: float) -> str:
    for size, unit in ((2**30, "GiB"), (2**20, "MiB")):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number / 2**10:.3g} KiB"
