"""What a headline could be without its missing samples: every way to fill them lies between the two bounds."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from mmeval.metrics import Metric, accuracy, binary, circular, hallusion_accuracy, mme_score, pairs, simpleqa_f1
from mmeval.metrics.missing import bounds, ends, filled
from mmeval.types import Estimate, Record, Score

FILLS: dict[str, Sequence[tuple[float, str | None]]] = {
    "values": [(0.0, None), (0.5, "x"), (1.0, "x")],
    "rights": [(0.0, None), (0.0, "unclear"), (1.0, "x")],
    "yes or no": [(0.0, "yes"), (1.0, "yes"), (0.0, "no"), (1.0, "no"), (0.0, None)],
    "judged": [(0.0, "incorrect"), (0.0, "not attempted"), (1.0, "correct")],
}
METRICS: dict[str, tuple[Metric, str]] = {
    "accuracy": (accuracy(chance=0.25), "values"),
    "macro": (accuracy(macro="category"), "values"),
    "rotations": (circular(), "rights"),
    "pairs": (pairs(pair="group"), "rights"),
    "mme": (mme_score(pair="group", totals={"all": ["a", "b"]}), "rights"),
    "hallusion": (hallusion_accuracy(), "rights"),
    "hallusion of the authors": (hallusion_accuracy(authors=True), "rights"),
    "f1": (binary(), "yes or no"),
    "simpleqa": (simpleqa_f1(), "judged"),
}


def records(fills: Sequence[tuple[float, str | None]], *, missing: int = 3, seed: int = 1) -> list[Record]:
    """Twelve samples of a hostile kind: those that are missing are the last ones."""
    draw = random.Random(seed)
    made = []
    for i in range(12):
        tags = {
            "category": "ab"[i % 2], "group": str(i // 2), "group_size": "2", "gold": "yes" if draw.random() < 0.5 else "no",
            "subcategory": "x", "set_id": str(i // 4), "figure_id": str(i % 2), "question_id": str(i % 3),
            "visual_input": str(i % 3),
        }  # fmt: skip
        value, answer = draw.choice(fills)
        score = Score(value=value, answer=answer) if i < 12 - missing else None
        made.append(Record(id=str(i), epoch=0, status="ok" if score else "unsupported", score=score, tags=tags))
    draw.shuffle(made)
    return made


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", METRICS)
def test_every_filling_is_within_the_bounds_which_are_reached(name: str, seed: int) -> None:
    metric, kind = METRICS[name]
    found = records(FILLS[kind], seed=seed)
    both = ends(metric, found)
    assert both is not None
    wrong, right = both
    values = []
    for scores in itertools.product(FILLS[kind], repeat=3):
        left = iter(scores)
        whole = [r if r.score else replace(r, score=score_of(r, *next(left))) for r in found]
        values.append(metric.aggregate(whole)[metric.name].value)
    assert (min(values), max(values)) == pytest.approx((wrong.headline.value, right.headline.value))
    assert metric.aggregate(filled(metric, found, wrong.side)) == wrong.numbers
    assert bounds(metric, found) == (wrong.headline, right.headline)


def score_of(record: Record, value: float, answer: str | None) -> Score:
    """A score that a reply to this sample could have had: yes is right where the key says yes."""
    if answer in ("yes", "no"):
        value = float(answer == record.tags["gold"])
    return Score(value=value, answer=answer)


def mean(value: Callable[[Record], float]) -> Callable[[Sequence[Record]], dict[str, Estimate]]:
    def aggregate(found: Sequence[Record]) -> dict[str, Estimate]:
        values = [value(record) for record in found if record.score]
        return {"m": Estimate(value=sum(values) / len(values), low=0, high=1, n=len(values), method="mean")}

    return aggregate  # type: ignore[return-value]


def own(value: Callable[[Record], float], *, better: bool = True) -> Metric:
    return Metric(
        name="m", aggregate=mean(value), higher_is_better=better, low=0.0, high=1.0, scale=100.0, about="Mean."  # type: ignore[arg-type]
    )  # fmt: skip


def test_where_lower_is_better_the_first_bound_is_the_higher_one() -> None:
    found = records([(0.0, None), (1.0, None)], missing=6)
    low, high = (
        bounds(own(lambda r: r.score.value if r.score else 0, better=better), found) for better in (True, False)
    )
    assert low is not None
    assert high is not None
    assert (high[0].value, high[1].value) == (low[1].value, low[0].value)
    assert high[0].value == high[1].value + 0.5


def test_a_metric_that_reads_answers_and_says_nothing_about_missing_ones_has_no_bounds() -> None:
    length = own(lambda r: min(1.0, len(r.score.answer or "") / 20) if r.score else 0)
    assert bounds(length, records([(0.0, "short"), (1.0, "a long answer")])) is None


def test_without_any_score_there_are_none() -> None:
    assert bounds(accuracy(), records(FILLS["values"], missing=12)) is None
