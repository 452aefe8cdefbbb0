"""Right and wrong answers in the notation that a question asks for."""

from __future__ import annotations

from typing import Any

from mmeval.fresh.scoring import WITH_POINTS
from mmeval.scorers.base import writer
from mmeval.scorers.coordinates import Convention
from mmeval.types import Reply, Sample, Score


def right(form: str, target: Any) -> str:
    """The correct answer, as the rule of its form writes it."""
    return writer(_rule(form))(_sample(form, target))[0]


def near_miss(form: str, target: Any, choices: tuple[str, ...]) -> str:
    """An answer of the same form that differs from the correct one as little as it can."""
    if form == "letter":
        return "ABCDEFGHIJ"[("ABCDEFGHIJ".index(target) + 1) % len(choices)]
    if form == "yes_no":
        return "no" if target == "yes" else "yes"
    if form == "point":
        x1, _, x2, y2 = target["box"]
        return f"[{(x1 + x2) / 2:.6f}, {y2 + 0.01:.6f}]"
    answer, words = target["answer"], target.get("words", ())
    if form == "number":
        return str(answer + max(1.01 * target["tolerance"], 1))
    if form == "time":
        return right(form, {"answer": (answer + 1) % 720})
    if form == "word":
        return str(next(word for word in words if word != answer))
    if form == "cells":
        return ", ".join([*answer[:-1], f"{answer[-1][0]}{int(answer[-1][1:]) + 1}"])
    if form == "sequence":
        return ", ".join([*answer[:-1], next(word for word in words if word != answer[-1])])
    if form == "placements":
        *rest, (cell, last) = answer.items()
        changed = dict([*rest, (cell, next(word for word in words if word != last))])
        return right(form, {"answer": changed})
    rows = [*answer[:-1], [*answer[-1][:-1], next(word for word in words if word != answer[-1][-1])]]
    return right(form, {"answer": rows})


def score(form: str, target: Any, text: str, choices: tuple[str, ...] = ()) -> Score:
    """What the rule of a form makes of a reply."""
    found = _rule(form)(_sample(form, target, choices), Reply(text=text, finish="stop"))
    assert isinstance(found, Score)
    return found


def _rule(form: str) -> Any:
    rule = WITH_POINTS[form].rule("mmeval")
    return rule.speaking(Convention.parse("0-1")) if hasattr(rule, "speaking") else rule


def _sample(form: str, target: Any, choices: tuple[str, ...] = ()) -> Sample:
    return Sample(id="1", prompt=(), target=target, choices=choices, tags={"form": form})
