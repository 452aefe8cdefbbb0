"""Which runs of a benchmark make its column, and where the others are listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mmeval.board.cards import BenchmarkCard
from mmeval.board.cell import Aside, Cell, Column
from mmeval.board.missing import stretched
from mmeval.board.settings import alike, marked, row_of
from mmeval.comparable import Change, refused, short

SAMPLES = "samples_digest"


def make_column(card: BenchmarkCard, cells: Sequence[Cell]) -> Column:
    """The column of a benchmark from its complete runs.

    It holds one group of comparable runs: runs of mmeval come before imported ones, runs of the full benchmark before
    those on some samples, runs of the definition as the catalog has it, under its own profile, before others, and then
    the group of the most models. Of its sample sets, it has the one that holds the most models' samples.
    A run that lacks some of these samples counts them as missing. Runs on some of the samples are listed aside, unless
    there are no others: then they are the column, and it has no ranks.
    """
    plain = [cell for cell in cells if not cell.spec.variant]
    groups = alike(plain or cells, _differences)  # but for their samples
    group = max(groups, key=lambda one: _weight(one, card))
    asked = [cell for cell in group if cell.whole]
    full = bool(asked)
    main = _largest(asked or group, nested=full)
    inside = {id(cell): whole for cell in group if (whole := _on(main, cell, card, full=full)) is not None}
    models: dict[str, list[Cell]] = {}
    for cell in sorted(inside.values(), key=lambda one: one.spec.model):
        models.setdefault(cell.spec.model, []).append(cell if full else replace(cell, unranked="limited"))
    rows = {name: row_of(found, card) for name, found in models.items()}
    rest = [cell for cell in cells if id(cell) not in inside]
    aside = [cell for cell in rest if not cell.whole and not cell.spec.variant]
    return Column(
        card=card,
        cells=marked({name: row for name, (row, _) in rows.items()}, card),
        full=full,
        variants=[other for _, others in rows.values() for other in others],
        limited=aside,
        excluded=[_why(cell, main) for cell in rest if cell not in aside],
    )


def _differences(main: Cell, cell: Cell, *, samples: bool = False) -> list[Change]:
    found = refused(main.run.info, cell.run.info, "column")
    return [change for change in found if samples or change.key != SAMPLES]


def _weight(group: Sequence[Cell], card: BenchmarkCard) -> tuple[bool, bool, bool, int, str]:
    own = any(cell.run.info.origin == "mmeval" for cell in group)
    asked, spec = [cell for cell in group if cell.whole], group[0].spec
    stated = bool(card.digest) and (spec.definition_digest, spec.profile) == (card.digest, card.profile)
    return own, bool(asked), stated, _models(asked or group), max(cell.finished for cell in group)


def _models(cells: Sequence[Cell]) -> int:
    return len({cell.spec.model for cell in cells})


def _largest(cells: Sequence[Cell], *, nested: bool) -> Cell:
    """A cell with the sample set that holds those of the most models; with `nested`, parts of it count as well."""
    sets: Mapping[str | None, Cell] = {cell.run.info.samples_digest: cell for cell in reversed(cells)}
    if len(sets) == 1:
        return cells[0]

    def weight(one: Cell) -> tuple[int, int, str]:
        inside = [cell for cell in cells if (_inside(cell, one) if nested else _same(cell, one))]
        return _models(inside), len(one.vector.ids), one.finished

    return max(sets.values(), key=weight)


def _same(cell: Cell, main: Cell) -> bool:
    return cell.run.info.samples_digest == main.run.info.samples_digest


def _inside(cell: Cell, main: Cell) -> bool:
    return _same(cell, main) or set(cell.vector.ids) <= set(main.vector.ids)


def _on(main: Cell, cell: Cell, card: BenchmarkCard, *, full: bool) -> Cell | None:
    """The cell on the samples of the column; None if it does not belong there."""
    if _same(cell, main):
        return cell
    if not (full and cell.whole and _inside(cell, main)):
        return None
    return stretched(cell, main.vector.ids, main.vector.clusters, card)


def _why(cell: Cell, main: Cell) -> Aside:
    """The first key in which a run differs from the column."""
    change = _differences(main, cell, samples=True)[0]
    key, _, part = change.key.partition(".")
    return Aside(cell=cell, reason=key, value=f"{part} {short(change.candidate)}".strip())
