"""Questions that compare or add up series."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from typing import Any

from mmeval.fresh import forms
from mmeval.fresh.charts.asks import (
    Asked,
    Kind,
    Table,
    demand,
    leader,
    same,
    tolerated,
    word,
)
from mmeval.types import JSON

__all__ = ["KINDS"]


# At which label two series are farthest apart


def _ask_widest(rng: random.Random, table: Table) -> Asked:
    a, b = table.two(rng)
    gaps = [abs(x - y) for x, y in zip(table.series[a], table.series[b], strict=True)]
    text = f"For which label are the values of {a} and {b} farthest apart?"
    return {"series": [a, b]}, forms.word(text, table.labels[leader(gaps, 2 * table.near)], table.labels)


def _solve_widest(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> JSON:
    first, second = (facts["series"][name] for name in asked["series"])
    order = sorted(
        range(len(first)), key=lambda place: max(first[place], second[place]) - min(first[place], second[place])
    )
    return word(facts["labels"], facts["labels"][order[-1]])


# How often one series is above another, and how often they cross


def _signs(table: Table, a: str, b: str, wanted: Sequence[bool]) -> None:
    """Swap values so that `a` is above `b` exactly where wanted."""
    one, other = table.series[a], table.series[b]
    for place, above in enumerate(wanted):
        demand(abs(one[place] - other[place]) >= 1.2 * table.near)
        if (one[place] > other[place]) != above:
            one[place], other[place] = other[place], one[place]


def _ask_wins(rng: random.Random, table: Table) -> Asked:
    (a, b), count = table.two(rng), len(table.labels)
    wanted = rng.randint(0, count)
    chosen = rng.sample(range(count), wanted)
    _signs(table, a, b, [place in chosen for place in range(count)])
    text = f"For how many labels is the value of {a} above that of {b}?"
    return {"series": [a, b], "tolerance": 0.0}, forms.number(text, wanted, among=count + 1)


def _solve_wins(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> JSON:
    first, second = (facts["series"][name] for name in asked["series"])
    return same(facts, sum(max(x, y) == x for x, y in zip(first, second, strict=True)))


def _ask_crossings(rng: random.Random, table: Table) -> Asked:
    (a, b), count = table.two(rng), len(table.labels)
    most = min(5, count - 1)
    wanted = rng.randint(0, most)
    turns, above = rng.sample(range(1, count), wanted), rng.random() < 0.5
    signs = [above]
    for place in range(1, count):
        signs.append(signs[-1] != (place in turns))
    _signs(table, a, b, signs)
    text = f"How many times do {a} and {b} cross?"
    return {"series": [a, b], "tolerance": 0.0}, forms.number(text, wanted, among=most + 1)


def _solve_crossings(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> JSON:
    first, second = (facts["series"][name] for name in asked["series"])
    gaps = [x - y for x, y in zip(first, second, strict=True)]
    return same(facts, sum(x * y < 0 for x, y in itertools.pairwise(gaps)))


# Which series has the highest total, or grows most


def _ask_sums(rng: random.Random, table: Table) -> Asked:
    names = list(table.series)
    place = leader([sum(table.series[name]) for name in names], len(table.labels) * table.near)
    return {}, forms.word("Which series has the highest sum over all labels?", names[place], names)


def _solve_sums(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> JSON:
    rows, names = list(zip(*facts["series"].values(), strict=True)), list(facts["series"])
    means = [sum(row[place] for row in rows) / len(rows) for place in range(len(names))]
    return word(names, max(zip(means, names, strict=True))[1])


def _ask_growth(rng: random.Random, table: Table) -> Asked:
    names, way = list(table.series), rng.choice(("rises", "falls"))
    sign, (first, last) = 1 if way == "rises" else -1, (table.labels[0], table.labels[-1])
    changes = [sign * (table.series[name][-1] - table.series[name][0]) for name in names]
    place = leader(changes, 2 * table.near)
    demand(changes[place] >= 2 * table.near)
    return {"way": way}, forms.word(f"Which series {way} most from {first} to {last}?", names[place], names)


def _solve_growth(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> JSON:
    changes = {values[-1] - values[0]: name for name, values in facts["series"].items()}
    return word(list(facts["series"]), changes[(max if asked["way"] == "rises" else min)(changes)])


# The sum of all series at a label, and which label has the highest


def _ask_stack(rng: random.Random, table: Table) -> Asked:
    place = rng.randrange(len(table.labels))
    answer = sum(values[place] for values in table.series.values())
    text = f"What is the sum of all series for {table.labels[place]}?"
    readings = 1 if table.readings == 2 else len(table.series)
    within, accepted = table.scale.within(readings), table.scale.accepted(readings)
    return tolerated(text, answer, within, accepted, label=table.labels[place])


def _solve_stack(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> JSON:
    rows = dict(zip(facts["labels"], zip(*facts["series"].values(), strict=True), strict=True))
    return same(facts, sum(rows[asked["label"]]))


# How far apart two series are at a label


def _ask_apart(rng: random.Random, table: Table) -> Asked:
    (a, b), place = table.two(rng), rng.randrange(len(table.labels))
    text = f"How far apart are the values of {a} and {b} for {table.labels[place]}?"
    gap = abs(table.series[a][place] - table.series[b][place])
    return tolerated(text, gap, table.within(2), table.accepted(2), series=[a, b], label=table.labels[place])


def _solve_apart(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> JSON:
    place = facts["labels"].index(asked["label"])
    low, high = sorted(facts["series"][name][place] for name in asked["series"])
    return same(facts, high - low)


# The part of a series in the sum at a label


def _ask_share(rng: random.Random, table: Table) -> Asked:
    series, place = table.one(rng), rng.randrange(len(table.labels))
    whole = sum(values[place] for values in table.series.values())
    part, label = table.series[series][place], table.labels[place]
    text = f"What percentage of the sum of all series for {label} is {series}?"
    return tolerated(text, round(100 * part / whole, 2), 1.0, "", unit="percent", series=series, label=label)


def _solve_share(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> JSON:
    shares = {
        name: dict(zip(facts["labels"], values, strict=True))[asked["label"]]
        for name, values in facts["series"].items()
    }
    part = shares.pop(asked["series"])
    return same(facts, round(100 * part / (part + sum(shares.values())), 2))


KINDS: Mapping[str, Kind] = {
    "widest": Kind(_ask_widest, _solve_widest),
    "wins": Kind(_ask_wins, _solve_wins),
    "crossings": Kind(_ask_crossings, _solve_crossings),
    "sums": Kind(_ask_sums, _solve_sums),
    "growth": Kind(_ask_growth, _solve_growth),
    "apart": Kind(_ask_apart, _solve_apart),
    "share": Kind(_ask_share, _solve_share),
    "stack": Kind(_ask_stack, _solve_stack),
}
"""The kinds by name."""
