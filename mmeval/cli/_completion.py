"""What a shell offers after the Tab key: runs, benchmarks, models, recipes. Reads names only, so that it is quick."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from mmeval.errors import MMEvalError

__all__ = ["benchmarks", "models", "recipes", "runs"]

Offer = tuple[str, str]
"""A word and what it stands for."""


def runs(ctx: Any, incomplete: str) -> list[Offer]:
    """`latest` and the ids of the runs in the results folder."""
    from mmeval.store.layout import run_folders

    results = Path(ctx.params.get("results") or "results")
    found = [("latest", "the newest run")]
    with suppress(OSError):
        found += [(folder.name, f"{folder.parts[-3]} {folder.parts[-2]}") for folder in run_folders(results)]
    return [offer for offer in found if offer[0].startswith(incomplete)]


def benchmarks(ctx: Any, incomplete: str) -> list[Offer]:
    """Names of benchmarks and suites, and files of questions."""
    return [offer for offer in _benchmarks(ctx, incomplete) if offer[0].startswith(incomplete)]


def _benchmarks(ctx: Any, incomplete: str) -> Iterator[Offer]:
    from mmeval.data.questions import are_questions

    catalog = _catalog(ctx)
    with suppress(MMEvalError):
        yield from ((name, f"benchmark, {one.path.parent.name}") for name, one in sorted(catalog.benchmarks().items()))
        yield from ((name, "suite") for name in sorted(catalog.suites()))
    with suppress(ValueError, OSError):
        files = sorted(Path().glob(f"{incomplete}*"))
        yield from ((str(file), "file of questions") for file in files if are_questions(file.name))
        yield from ((f"{file}/", "folder") for file in files if incomplete and file.is_dir())


def models(ctx: Any, incomplete: str) -> list[Offer]:
    """Models with a card, and `provider/` for every adapter."""
    catalog = _catalog(ctx)
    found: list[Offer] = []
    with suppress(MMEvalError):
        found += [(name, str(card.get("title", ""))) for name, card in sorted(catalog.model_cards().items())]
        found += [(f"{name}/", "any model of this provider") for name in sorted(catalog.adapters())]
    return [offer for offer in found if offer[0].startswith(incomplete)]


def recipes(ctx: Any, incomplete: str) -> list[str]:
    """Names of recipes."""
    with suppress(MMEvalError):
        return [name for name in sorted(_catalog(ctx).recipes()) if name.startswith(incomplete)]
    return []


def _catalog(ctx: Any) -> Any:
    from mmeval.catalog import Catalog

    return Catalog(tuple(Path(one) for one in ctx.params.get("path") or ()))
