"""What the generators of charts with an axis of values share: facts, words, and questions about single facts."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from mmeval.fresh import forms
from mmeval.fresh.charts.asks import Table, value_of
from mmeval.fresh.charts.scales import said
from mmeval.fresh.charts.subjects import Subject
from mmeval.fresh.items import Question
from mmeval.fresh.style import listed

__all__ = ["facts", "read_axis", "read_value", "told"]


def facts(table: Table, about: Subject, asked: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The facts of a chart."""
    values = {"labels": list(table.labels), "series": {name: list(found) for name, found in table.series.items()}}
    axis = {} if table.scale.exact else {"axis": table.scale.facts()}
    return {"title": about.title, "unit": about.unit, **values, **axis, "ask": dict(asked), **more}


def read_value(rng: random.Random, table: Table) -> Question:
    """What is one value?"""
    series, place = table.one(rng), rng.randrange(len(table.labels))
    asked = value_of(table.labels[place], series)
    return forms.number(
        f"What is {asked}?", table.series[series][place], tolerance=table.within(), accepted=table.accepted()
    )


def read_axis(rng: random.Random, table: Table) -> Iterator[Question]:
    """Where does the axis start, or end? And how many labels are there?"""
    if table.scale.start or rng.random() < 0.5:
        yield forms.number("At which number does the axis of values start?", table.scale.start)
    else:
        yield forms.number("What is the highest number written at the axis of values?", table.scale.top)
    yield forms.number("How many labels does the axis of categories have?", len(table.labels))


def told(table: Table) -> str:
    """The values in words, one sentence for each series."""
    lines = []
    for name, values in table.series.items():
        pairs = [f"{label} {said(value)}" for label, value in zip(table.labels, values, strict=True)]
        lines.append(f"{name}: {listed(pairs)}." if name else f"The values are {listed(pairs)}.")
    return " ".join(lines)
