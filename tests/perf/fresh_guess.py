"""How often a guess is right that does not look at the picture: the best constant answer, and a random one."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from mmeval.fresh import Item
from tests.fresh.oracle import right, score

__all__ = ["best_guess", "margin", "random_guess"]

Rule = Callable[[Item], str | None]
NEAR = 0.05
"""A guess may beat the stated chance by so much, and by what chance does with few items."""


def margin(chance: float, items: int) -> float:
    """How far above the stated chance a share of this many items may lie: twice its standard error more than `NEAR`."""
    return NEAR + 2 * math.sqrt(max(chance, 0.05) * (1 - chance) / items)


def best_guess(items: Sequence[Item]) -> float:
    """The share of items that the best rule solves which is found on every other item and tried on the rest.

    A rule knows the kind of the question and its words. It always says the same answer, or the word at the same place.
    """
    kinds: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        kinds[_kind(item)].append(item)
    solved = sum(_tried(found) for found in kinds.values())
    return solved / sum(len(found) // 2 for found in kinds.values())


def _kind(item: Item) -> str:
    asked: Any = item.facts.get("ask")
    return f"{item.main.form} {asked.get('kind', '') if isinstance(asked, dict) else ''}"


def _tried(items: Sequence[Item]) -> int:
    rules = [
        best
        for make in (_answer, _place)
        if (best := max(_rules(items[1::2], make), key=lambda rule: _hits(rule, items[1::2]), default=None))
    ]
    best = max(rules, key=lambda rule: _hits(rule, items[1::2]))
    return _hits(best, items[: 2 * (len(items) // 2) : 2])


def _hits(rule: Rule, items: Iterable[Item]) -> int:
    return sum(said is not None and _solves(item, said) for item in items if (said := rule(item)) or True)


def _solves(item: Item, said: str) -> bool:
    main, target = item.main, item.main.target
    if main.form == "number" and isinstance(target, dict):
        return abs(float(said) - float(target["answer"])) <= target["tolerance"]  # type: ignore[arg-type]
    return said == right(main.form, target)


def _rules(items: Sequence[Item], make: Callable[[Item], Rule | None]) -> list[Rule]:
    """The rules that the most frequent answers suggest; all of them for numbers with a tolerance."""
    said = Counter(right(item.main.form, item.main.target) for item in items)
    first = {right(item.main.form, item.main.target): item for item in items}
    return [rule for text, _ in said.most_common(60) if (rule := make(first[text]))]


def _answer(example: Item) -> Rule:
    text = right(example.main.form, example.main.target)
    return lambda item: text


def _place(example: Item) -> Rule | None:
    target = example.main.target
    if example.main.form != "word" or not isinstance(target, dict):
        return None
    place = list(target["words"]).index(target["answer"])  # type: ignore[arg-type]
    return lambda item: dict(enumerate(item.main.target["words"])).get(place)  # type: ignore[call-overload, arg-type, index]


def random_guess(items: Sequence[Item], rng: random.Random) -> float:
    """What `baseline/random` solves: a random option, or the answer of a random item."""
    solved = 0.0
    for item in items:
        other = rng.choice(items).main
        said = (
            "ABCDEFGHIJ"[rng.randrange(len(item.main.choices))]
            if item.main.choices
            else right(other.form, other.target)
        )
        solved += score(item.main.form, item.main.target, said, item.main.choices).value
    return solved / len(items)
