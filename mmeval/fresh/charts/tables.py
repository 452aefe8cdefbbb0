"""A table of numbers: reading is exact, so the questions grow instead."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.charts import kinds
from mmeval.fresh.charts.asks import Table
from mmeval.fresh.charts.reading import facts, read_value, told
from mmeval.fresh.charts.scales import Scale, said
from mmeval.fresh.charts.subjects import Subject, names, subject
from mmeval.fresh.items import Item
from mmeval.fresh.style import Page, Style, style
from mmeval.types import JSON

KINDS = {
    1: ("extreme", "rank"),
    2: ("gap", "rank"),
    3: ("total", "widest"),
    4: ("wins", "share"),
    5: ("sums", "stack"),
}
SIZES = {1: (3, 4), 2: (3, 6), 3: (4, 7), 4: (5, 8), 5: (6, 8)}
"""Columns and rows of numbers, by step."""
LARGEST = {1: 99, 2: 200, 3: 400, 4: 900, 5: 990}
"""The largest number, by step."""
EXACT = Scale(0, 1, 1, 1, exact=True)
WIDTH, HEIGHT = 86, 29
"""Pixels of a cell."""


class Tables:
    """The generator."""

    name: ClassVar[str] = "tables"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """A table with a question of the step."""
        (many, count), about, kind = SIZES[step], subject(rng), rng.choice(KINDS[step])
        paper, labelled, series = style(rng), names(rng, count), names(rng, many, series=True)

        def attempt() -> tuple[Table, Any]:
            table = Table(labelled, {name: _numbers(rng, count, LARGEST[step]) for name in series}, EXACT)
            return table, kinds.ask(rng, kind, table)

        table, (asked, question) = kinds.clear(attempt)
        return Item(
            images=(_picture(rng, paper, about, table),),
            main=question,
            probes=(read_value(rng, table), forms.number("How many rows of numbers does the table have?", count)),
            facts=facts(table, about, asked),
            description=(
                f"A table of numbers with the title {about.axis}. Its rows are labels and its columns are series. "
                f"{told(table)}"
            ),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """By the kind of the question."""
        return kinds.solve(facts)


def _numbers(rng: random.Random, count: int, largest: int) -> list[float]:
    return [*rng.sample(range(11, largest), count)]


def _picture(rng: random.Random, look: Style, about: Subject, table: Table) -> bytes:
    columns, rows = list(table.series.items()), len(table.labels)
    page = Page(WIDTH * (len(columns) + 1) + 24, HEIGHT * (rows + 1) + 64, look)
    left, top, striped, ruled = 12, 44, rng.random() < 0.5, rng.random() < 0.5
    right = left + WIDTH * (len(columns) + 1)
    page.text((left + right) / 2, 22, about.axis, size=17)
    for row in range(rows + 1):
        y = top + HEIGHT * row
        if striped and row % 2:
            page.box(left, y, right, y + HEIGHT, fill=look.pale)
        cells = [table.labels[row - 1], *(said(shown[row - 1]) for _, shown in columns)] if row else ["", *table.series]
        for place, words in enumerate(cells):
            edge = left + WIDTH * (place + 1) - 10 if place else left + 8
            page.text(edge, y + HEIGHT / 2, words, size=14, anchor="rm" if place else "lm")
        if row < 2 or ruled:
            page.line((left, y), (right, y), width=1.5 if row < 2 else 0.5)
    page.line((left, top + HEIGHT * (rows + 1)), (right, top + HEIGHT * (rows + 1)), width=1.5)
    return page.png()
