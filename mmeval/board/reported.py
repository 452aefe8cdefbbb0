"""Numbers that reports print, beside those that were measured: `adapters/reported.toml`, each with its address.

A number is matched by the name of the model without its provider: weights are the same wherever they are served.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from mmeval.board.cards import BenchmarkCard
from mmeval.board.cell import Board, Cell, Column
from mmeval.catalog import Catalog
from mmeval.comparable import short
from mmeval.documents import read_toml
from mmeval.errors import CatalogError, in_plain_words, nearest
from mmeval.recipes import address

__all__ = ["Beside", "Reported", "beside", "reported"]

Unit = Literal["percent", "share", "points"]
KEYS = 12
"""Settings of a run that are named; run.json has them all."""
MOST: Mapping[Unit, float] = {"percent": 100.0, "share": 1.0, "points": math.inf}


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Number(_Checked):
    """A number, or a table with `value` and what is known of it."""

    value: float = Field(ge=0, allow_inf_nan=False)
    n: int | None = Field(default=None, gt=0)
    """Questions, where the report states how many there were."""
    setting: str = ""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, found: Any) -> Any:
        return found if isinstance(found, dict) else {"value": None if isinstance(found, bool) else found}


class _Source(_Checked):
    """Numbers that stand in one place."""

    url: str
    where: str = Field(min_length=1)
    read: datetime.date
    unit: Unit
    recipe: str | None = None
    """The recipe that sets what the report states; None: it states nothing that a recipe holds."""
    setting: str = ""
    numbers: dict[str, dict[str, _Number]] = Field(min_length=1)
    """By model, then by benchmark."""

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        return address(url)

    @model_validator(mode="after")
    def _in_range(self) -> _Source:
        for model, numbers in self.numbers.items():
            for benchmark, one in numbers.items():
                if one.value > MOST[self.unit]:
                    raise ValueError(f"{model}: {benchmark}: {one.value:g} {self.unit} is above {MOST[self.unit]:g}")
        return self


class _File(_Checked):
    source: list[_Source] = Field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One number of a report."""

    model: str
    """Without a provider."""
    benchmark: str
    value: float
    unit: Unit
    n: int | None
    setting: str
    recipe: str | None
    url: str
    where: str
    read: datetime.date

    def shown(self, card: BenchmarkCard) -> float:
        """The number on the scale on which the board shows the benchmark."""
        if self.unit == "points":
            return self.value
        return (card.low + self.value / MOST[self.unit] * (card.high - card.low)) * card.scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A reported number beside a measured one, on the board's scale."""

    reported: Reported
    model: str
    """`provider/model`, as it was measured."""
    cell: Cell
    said: float
    measured: float
    gap: float
    """Measured minus reported."""
    low: float
    high: float
    followed: str
    """The recipe that was followed when it was measured; empty: none was."""
    changed: tuple[str, ...] = ()
    """What was set otherwise than this recipe says."""

    @property
    def same(self) -> bool:
        """Whether the model was asked as the report states it, as far as its recipe holds that."""
        return self.followed == self.reported.recipe and not self.changed


def reported(catalog: Catalog) -> list[Reported]:
    """All reported numbers; raises CatalogError that names the file and the key."""
    return [one for file in catalog.reported() for one in _read(file, catalog)]


def _read(file: Path, catalog: Catalog) -> Iterator[Reported]:
    try:
        made = _File.model_validate(read_toml(file, CatalogError))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"])
        raise CatalogError(f"{file}: {place}: {in_plain_words(first['msg'])}") from None
    known, recipes = catalog.benchmarks(), catalog.recipes()
    for number, source in enumerate(made.source, 1):
        if source.recipe is not None and source.recipe not in recipes:
            hint = nearest(source.recipe, recipes)
            raise CatalogError(f"{file}: source.{number}.recipe: no recipe {source.recipe!r}{hint}")
        for model, numbers in source.numbers.items():
            for name, one in numbers.items():
                if name not in known:
                    where = f"{file}: source.{number}.numbers.{model}"
                    raise CatalogError(f"{where}: no benchmark {name!r}{nearest(name, known)}")
                yield _reported(source, model, name, one)


def _reported(source: _Source, model: str, benchmark: str, one: _Number) -> Reported:
    return Reported(
        model=model,
        benchmark=benchmark,
        value=one.value,
        unit=source.unit,
        n=one.n,
        setting=one.setting or source.setting,
        recipe=source.recipe,
        url=source.url,
        where=source.where,
        read=source.read,
    )


def beside(numbers: Sequence[Reported], board: Board) -> list[Beside]:
    """The reported numbers whose model was measured on the whole benchmark, in the order of the board.

    Of several runs, the one that followed the recipe of the report is shown, else the model's row.
    """
    return [
        _beside(one, name, _nearest(one, cells), column)
        for column in board.columns
        for name, cells in _measured(column).items()
        for one in numbers
        if one.benchmark == column.card.name and one.model.casefold() in _names(name)
    ]


def _names(model: str) -> tuple[str, str]:
    """A model with its provider, and without."""
    return model.casefold(), model.partition("/")[2].casefold()


def _measured(column: Column) -> dict[str, list[Cell]]:
    """The cells of each model that asked every question as it is, its row first."""
    found: dict[str, list[Cell]] = {}
    for cell in [*column.cells.values(), *(one.cell for one in column.variants)]:
        if cell.whole and not cell.spec.variant:
            found.setdefault(cell.spec.model, []).append(cell)
    return found


def _nearest(one: Reported, cells: Sequence[Cell]) -> Cell:
    return min(cells, key=lambda cell: (_followed(cell) != (one.recipe or ""), bool(_changed(cell))))


def _followed(cell: Cell) -> str:
    return short(cell.spec.recipe_name or "")


def _changed(cell: Cell) -> tuple[str, ...]:
    told = cell.run.info.provenance.get("recipe")
    changed = told.get("changed") if isinstance(told, dict) else None
    return tuple(sorted(map(short, changed))[:KEYS]) if isinstance(changed, dict) else ()


def _beside(one: Reported, model: str, cell: Cell, column: Column) -> Beside:
    card, head = column.card, cell.headline
    said, measured = one.shown(card), head.value * card.scale
    below, above = _uncertain(one, said, card)
    gap = measured - said
    return Beside(
        reported=one,
        model=model,
        cell=cell,
        said=said,
        measured=measured,
        gap=gap,
        low=gap - math.hypot(measured - head.low * card.scale, above),
        high=gap + math.hypot(head.high * card.scale - measured, below),
        followed=_followed(cell),
        changed=_changed(cell),
    )


def _uncertain(one: Reported, said: float, card: BenchmarkCard) -> tuple[float, float]:
    """How far the reported number may be too high and too low, 95 %: Wilson's interval for its n; 0 without n.

    The two intervals are joined as those of a difference of proportions (Newcombe 1998, method 10).
    """
    share = card.share(said / card.scale)
    if one.n is None or not 0 <= share <= 1:
        return 0.0, 0.0
    from mmeval.stats.intervals import wilson

    found, width = wilson(share * one.n, one.n), (card.high - card.low) * card.scale
    return (share - found.low) * width, (found.high - share) * width
