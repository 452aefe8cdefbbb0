"""Questions about the values of one series."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from typing import Any

from mmeval.fresh import forms
from mmeval.fresh.charts.asks import (
    Asked,
    Kind,
    Table,
    demand,
    leader,
    pairs,
    same,
    the_value,
    tolerated,
    value_of,
    word,
)
from mmeval.fresh.charts.scales import close, said
from mmeval.fresh.style import listed
from mmeval.types import JSON

__all__ = ["KINDS"]

ORDINALS = ("highest", "second highest", "third highest", "fourth highest")


# The highest or lowest value


def _ask_extreme(rng: random.Random, table: Table) -> Asked:
    series, end = table.one(rng), rng.choice(("highest", "lowest"))
    answer = (max if end == "highest" else min)(table.series[series])
    of = f" of {series}" if series else ""
    text = f"What is the {end} value{of} in the chart?"
    return tolerated(text, answer, table.within(), table.accepted(), series=series, end=end)


def _solve_extreme(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> JSON:
    inorder = sorted(facts["series"][asked["series"]])
    return same(facts, inorder[-1 if asked["end"] == "highest" else 0])


# Which label has the n-th highest value


def _ask_rank(rng: random.Random, table: Table) -> Asked:
    series, rank = table.one(rng), rng.randrange(min(len(ORDINALS), len(table.labels)))
    falling = sorted(table.series[series], reverse=True)
    demand(all(a - b >= table.near for a, b in itertools.pairwise(falling)))
    answer = table.labels[table.series[series].index(falling[rank])]
    of = f" of {series}" if series else ""
    text = f"For which label is the value{of} the {ORDINALS[rank]}?"
    return {"series": series, "rank": rank}, forms.word(text, answer, table.labels)


def _solve_rank(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> JSON:
    all_values = pairs(facts, asked["series"])
    ahead = {label: sum(other > value for other, _ in all_values) for value, label in all_values}
    return word(facts["labels"], next(label for label, n in ahead.items() if n == asked["rank"]))


# The order of all labels


def _ask_order(rng: random.Random, table: Table) -> Asked:
    series = table.one(rng)
    falling = sorted(zip(table.series[series], table.labels, strict=True), reverse=True)
    demand(all(a[0] - b[0] >= table.near for a, b in itertools.pairwise(falling)))
    text = f"List all labels in the order of {the_value(series)}, from the highest to the lowest."
    return {"series": series}, forms.sequence(text, [label for _, label in falling], table.labels)


def _solve_order(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> JSON:
    left, found = pairs(facts, asked["series"]), list[str]()
    while left:
        found.append(max(left)[1])
        left.remove(max(left))
    return {"answer": found, "words": list(facts["labels"])}


# The difference between two values


def _ask_gap(rng: random.Random, table: Table) -> Asked:
    series = table.one(rng)
    a, b = rng.sample(range(len(table.labels)), 2)
    gap = abs(table.series[series][a] - table.series[series][b])
    text = f"How far apart are {value_of(table.labels[a], series)} and {value_of(table.labels[b], series)}?"
    labels = [table.labels[a], table.labels[b]]
    return tolerated(text, gap, table.within(2), table.accepted(2), series=series, labels=labels)


def _solve_gap(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> JSON:
    low, high = sorted(value for value, label in pairs(facts, asked["series"]) if label in asked["labels"])
    return same(facts, high - low)


# The sum of three values


def _ask_total(rng: random.Random, table: Table) -> Asked:
    series, places = table.one(rng), sorted(rng.sample(range(len(table.labels)), 3))
    labels = [table.labels[place] for place in places]
    answer = sum(table.series[series][place] for place in places)
    of = f" of {series}" if series else ""
    text = f"What is the sum of the values{of} for {listed(labels)}?"
    return tolerated(text, answer, table.within(3), table.accepted(3), series=series, labels=labels)


def _solve_total(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> JSON:
    left = 0.0
    for value, label in pairs(facts, asked["series"]):
        left += value if label in asked["labels"] else 0
    return same(facts, left)


# How many labels lie above a line


def _ask_above(rng: random.Random, table: Table) -> Asked:
    series, wanted = table.one(rng), rng.randint(1, len(table.labels) - 1)
    values = table.series[series]
    lines = [line for line in table.scale.majors if sum(v > line for v in values) == wanted]
    lines = [line for line in lines if not close(values, line, table.near)]
    demand(bool(lines))
    line = rng.choice(lines)
    text = f"For how many labels is {the_value(series)} above {said(line)}?"
    among = len(table.labels) - 1
    return {"series": series, "line": line, "tolerance": 0.0}, forms.number(text, wanted, among=among)


def _solve_above(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> JSON:
    return same(facts, len([value for value in facts["series"][asked["series"]] if value - asked["line"] > 0]))


# After which label the value rises or falls most


def _ask_leap(rng: random.Random, table: Table) -> Asked:
    series, way = table.one(rng), rng.choice(("rise", "fall"))
    values, sign = table.series[series], 1 if way == "rise" else -1
    steps = [sign * (b - a) for a, b in itertools.pairwise(values)]
    place = leader(steps, 2 * table.near)
    text = f"From which label to the next does {the_value(series)} {way} most? Name the first of the two."
    return {"series": series, "way": way}, forms.word(text, table.labels[place], table.labels[:-1])


def _solve_leap(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> JSON:
    values, best, found = facts["series"][asked["series"]], 0.0, 0
    for place in range(1, len(values)):
        step = values[place] - values[place - 1]
        step = step if asked["way"] == "rise" else -step
        best, found = (step, place - 1) if step > best else (best, found)
    return word(facts["labels"][:-1], facts["labels"][found])


# Which value is nearest to a multiple of another: heights mislead where the axis does not start at 0


def _ask_times(rng: random.Random, table: Table) -> Asked:
    series, factor, place = table.one(rng), rng.choice((0.5, 1.5, 2)), rng.randrange(len(table.labels))
    values, start = table.series[series], table.scale.start
    others = [other for other in range(len(values)) if other != place]
    wanted, height = factor * values[place], factor * (values[place] - start)
    first, second, *_ = sorted(others, key=lambda other: abs(values[other] - wanted))
    lead = abs(values[second] - wanted) - abs(values[first] - wanted)
    demand(lead >= 2 * (1 + factor) * table.within())
    demand(abs(values[first] - wanted) <= table.scale.major)
    demand(not start or first != min(others, key=lambda other: abs(values[other] - start - height)))
    label = table.labels[place]
    text = f"Which other label has the value nearest to {said(factor)} times {value_of(label, series)}?"
    words = [table.labels[other] for other in others]
    return {"series": series, "label": label, "factor": factor}, forms.word(text, table.labels[first], words)


def _solve_times(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> JSON:
    values = {label: value for value, label in pairs(facts, asked["series"])}
    wanted = asked["factor"] * values.pop(asked["label"])
    inorder = sorted([*values.values(), wanted])
    near = inorder[max(0, inorder.index(wanted) - 1) :][:3]
    best = min((abs(value - wanted), label) for label, value in values.items() if value in near)
    return word(list(values), best[1])


KINDS: Mapping[str, Kind] = {
    "extreme": Kind(_ask_extreme, _solve_extreme),
    "rank": Kind(_ask_rank, _solve_rank),
    "order": Kind(_ask_order, _solve_order),
    "gap": Kind(_ask_gap, _solve_gap),
    "total": Kind(_ask_total, _solve_total),
    "above": Kind(_ask_above, _solve_above),
    "leap": Kind(_ask_leap, _solve_leap),
    "times": Kind(_ask_times, _solve_times),
}
"""The kinds by name."""
