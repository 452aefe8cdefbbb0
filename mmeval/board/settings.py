"""The settings of a model's runs: which one is its row, and which are unusual.

No score decides. The row of a model is the setting that departs least from what the benchmark states; then the one of
the adapter's code as the catalog has it now; then the one of the newest minor version of mmeval; then the earliest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mmeval.board.cards import BenchmarkCard, reference
from mmeval.board.cell import Aside, Cell, run_time
from mmeval.board.pooled import pool
from mmeval.comparable import Change, refused, settings, short
from mmeval.store import canonical

OPTIONS = ("system", "temperature", "max_tokens")
"""Options that a benchmark states."""
OWN = ("recipe", "image")
"""Settings that no benchmark states: without them it is asked as it is."""
COMMON = ("media_policy", "mmeval")
"""Settings that no benchmark states: those of most rows are the usual ones."""


def row_of(cells: Sequence[Cell], card: BenchmarkCard) -> tuple[Cell, list[Aside]]:
    """The row of one model, and its other settings; in each of them, all runs are pooled."""
    groups = alike(cells, _differ)
    first, *others = sorted((pool(group, card) for group in groups), key=lambda cell: _place(cell, card))
    return first, [Aside(cell=other, **_named(_differ(first, other)[0])) for other in others]


def alike(cells: Iterable[Cell], differ: Callable[[Cell, Cell], object]) -> list[list[Cell]]:
    """The cells in groups whose members do not differ from the first one, in the order of their first members."""
    groups: list[list[Cell]] = []
    for cell in cells:
        home = next((group for group in groups if not differ(group[0], cell)), None)
        if home is None:
            groups.append([cell])
        else:
            home.append(cell)
    return groups


def _differ(base: Cell, cell: Cell) -> list[Change]:
    return refused(base.run.info, cell.run.info, "pooled")


def _named(change: Change) -> dict[str, str]:
    key, _, part = change.key.partition(".")
    return {"reason": key, "value": f"{part} {short(change.candidate)}".strip()}


def _place(cell: Cell, card: BenchmarkCard) -> tuple[int, bool, tuple[int, ...], str, str]:
    newest = tuple(-part for part in _minor(cell.run.info.provenance.get("mmeval")))
    return departures(cell, card), not cell.current, newest, run_time(cell.run) or "~", cell.run.path.name


def _minor(version: Any) -> tuple[int, ...]:
    parts = version.split(".")[:2] if isinstance(version, str) else []
    return tuple(int(part) for part in parts if part.isdecimal() and len(part) < 9)


def stated(card: BenchmarkCard) -> Mapping[str, Any]:
    """The options that a benchmark states, if its definition is known."""
    return {name: getattr(card, name) for name in OPTIONS} if card.known else {}


def departures(cell: Cell, card: BenchmarkCard) -> int:
    """Number of settings that differ from what the benchmark states, or are set where it states nothing."""
    options, wanted, own = cell.spec.options, stated(card), settings(cell.run.info)
    odd = sum(options.get(key) != wanted.get(key) for key in {*options, *wanted} - {"seed"})
    return int(odd + sum(own.get(key) is not None for key in OWN))


def marked(cells: Mapping[str, Cell], card: BenchmarkCard) -> dict[str, Cell]:
    """The rows of a column, each with the settings in which it is unusual; references have no settings."""
    models = {name: _own(cell) for name, cell in cells.items() if reference(name) is None}
    usual: dict[str, Any] = dict.fromkeys(OWN)
    usual |= {f"options.{key}": value for key, value in stated(card).items()}
    usual |= {key: _most(one.get(key) for one in models.values()) for key in COMMON if models}
    return {name: replace(cell, settings=_unusual(models.get(name, usual), usual)) for name, cell in cells.items()}


def _own(cell: Cell) -> dict[str, Any]:
    """The settings of a row. Of an adapter's limits, those that make pictures smaller; others hardly change one."""
    own = settings(cell.run.info)
    limits = own.get("media_policy") or {}
    sides = [f"{pixels} px" for _, pixels in limits.get("side") or ()]
    area = [f"{limits['pixels']:,} px²"] if limits.get("pixels") else []
    return {**own, "media_policy": ", ".join([*sides, *area]) or None}


def _most(values: Iterable[Any]) -> Any:
    """The most frequent value; of several, the first."""
    found = list(values)
    counts = Counter(canonical(value) for value in found)
    return max(found, key=lambda value: counts[canonical(value)])


def _unusual(own: Mapping[str, Any], usual: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    odd = [(key, own.get(key)) for key, value in usual.items() if own.get(key) != value]
    return tuple((key.rpartition(".")[2], short(value)) for key, value in odd)
