"""Headlines that are no mean of sample scores: ranks, errors and the shown value speak of the same number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mmeval.board import Board
from mmeval.board.cards import BenchmarkCard
from mmeval.board.cell import Column
from mmeval.board.headlines import pseudo
from mmeval.board.ranks import rank_columns
from mmeval.board.vectors import Vector
from mmeval.metrics.aggregates import accuracy, binary, circular
from mmeval.metrics.base import Metric
from mmeval.sitegen.links import benchmark_url, run_url
from mmeval.stats.jackknife import GROUPS, deal
from mmeval.types import Record, Score
from tests.browsing import until
from tests.site.conftest import make


def records_of(
    values: Sequence[float], answers: Sequence[str] = (), tags: Sequence[dict[str, str]] = ()
) -> list[Record]:
    return [
        Record(
            id=f"{i:03d}",
            epoch=0,
            status="ok",
            score=Score(value=value, answer=answers[i] if answers else "A"),
            cluster=f"c{i // 2}",
            tags=tags[i] if tags else {},
        )
        for i, value in enumerate(values)
    ]


def found(metric: Metric, records: Sequence[Record]) -> tuple[float, ...]:
    definition: Any = SimpleNamespace(metric=metric)
    card = BenchmarkCard(name="x", title="x", group="g", low=metric.low, high=metric.high, definition=definition)
    values = np.array([r.score.value for r in records if r.score])
    clusters = tuple(str(r.cluster) for r in records)
    return pseudo(
        Vector(tuple(r.id for r in records), values, np.zeros(len(values)), clusters, "", (), {}, len(records), ""),
        card,
        records,
    )


def without(records: Sequence[Record], group: int) -> list[Record]:
    groups = deal([str(r.cluster) for r in records])
    return [r for r, g in zip(records, groups, strict=True) if g != group]


def test_a_mean_has_none() -> None:
    draw = np.random.default_rng(1)
    assert found(accuracy(), records_of(draw.integers(0, 2, 200).astype(float))) == ()


def test_questions_right_in_every_rotation_by_hand() -> None:
    """Four clusters of two: both right, one right, none, both right; the headline is 2 of 4."""
    records = records_of([1, 1, 1, 0, 0, 0, 1, 1], tags=[{"group": str(i // 2)} for i in range(8)])
    # Without a right one 1/3 is left, without a wrong one 2/3: 4/2 - 3 * (1/3, 2/3) = 1, 0
    assert sorted(found(circular(), records)) == pytest.approx([0, 0, 1, 1])


def test_f1_is_computed_without_each_group() -> None:
    draw = np.random.default_rng(2)
    gold = ["yes" if one else "no" for one in draw.integers(0, 2, 200)]
    answers = [g if draw.random() < 0.7 else "yes" for g in gold]
    values = [float(a == g) for a, g in zip(answers, gold, strict=True)]
    records = records_of(values, answers, [{"gold": g} for g in gold])
    f1 = [binary().aggregate(without(records, g))["f1"].value for g in range(GROUPS)]
    shown = binary().aggregate(records)["f1"].value
    made = found(binary(), records)
    assert np.mean(made) == pytest.approx(shown)
    assert np.diff(made) == pytest.approx((GROUPS - 1) * -np.diff(f1))


@pytest.mark.slow
@pytest.mark.parametrize(
    "metric", [binary(), circular(group="group"), accuracy(macro="task")], ids=["f1", "all", "macro"]
)
def test_errors_agree_with_those_of_the_metric(metric: Metric) -> None:
    """Linearisation and jackknife estimate the same error, the second one with 39 degrees of freedom (± 11 %)."""
    draw = np.random.default_rng(4)
    gold = ["yes" if one else "no" for one in draw.integers(0, 2, 800)]
    answers = [g if draw.random() < 0.7 else "yes" for g in gold]
    values = [float(a == g) for a, g in zip(answers, gold, strict=True)]
    tags = [{"gold": g, "group": str(i // 2), "task": str(i // 2 % 7)} for i, g in enumerate(gold)]
    records = records_of(values, answers, tags)
    made = np.array(found(metric, records))
    estimate = metric.aggregate(records)[metric.name]
    assert made.mean() == pytest.approx(estimate.value)
    assert made.std(ddof=1) / np.sqrt(GROUPS) == pytest.approx((estimate.high - estimate.low) / 2 / 1.96, rel=0.3)


def column(board: Board, name: str) -> Column:
    return next(c for c in board.columns if c.card.name == name)


@pytest.mark.parametrize(
    ("name", "compared"),
    [("toy_chartqa", "mean"), ("toy_ocrbench", "mean"), ("toy_hallusionbench", "jackknife")],
)
def test_what_is_compared(board: Board, name: str, compared: str) -> None:
    one = column(board, name)
    models = sorted(n for n in one.cells if board.models[n].reference is None)
    ranks = rank_columns([one], models)
    assert ranks is not None
    assert list(ranks.compared) == [compared]
    assert int(ranks.freedom) == 29, "of 30 clusters, or as many groups of them"


def test_errors_are_those_of_the_headline(board: Board) -> None:
    """Of two models, by the textbook: the error of a mean difference of their pseudo-values."""
    one = column(board, "toy_hallusionbench")
    a, b = sorted(n for n in one.cells if board.models[n].reference is None)[:2]
    ranks = rank_columns([one], [a, b])
    assert ranks is not None
    gap = np.array(one.cells[a].vector.pseudo) - np.array(one.cells[b].vector.pseudo)
    assert gap.mean() == pytest.approx(one.cells[a].headline.value - one.cells[b].headline.value)
    assert ranks.unit * 4095 == pytest.approx(gap.std(ddof=1) / np.sqrt(len(gap)), rel=1e-6)


def test_without_the_definition_the_sample_scores_are_compared(board: Board) -> None:
    one = column(board, "toy_hallusionbench")
    bare = {name: replace(cell, vector=replace(cell.vector, pseudo=())) for name, cell in one.cells.items()}
    assert replace(one, cells=bare).compared(bare) == "samples"


@pytest.mark.parametrize(("lang", "said"), [("", "a jackknife over 40 groups"), ("zh/", "刀切法")], ids=["en", "zh"])
def test_the_page_says_so(site: Path, lang: str, said: str) -> None:
    assert said in (site / lang / "b" / "toy_hallusionbench.html").read_text(encoding="utf-8")
    assert said not in (site / lang / "b" / "toy_chartqa.html").read_text(encoding="utf-8")


def test_the_page_says_where_it_could_not_be_done(few: Path) -> None:
    """Another definition than the one that ran cannot compute the metric anew."""
    file = next((few / "benchmarks").rglob("toy_hallusionbench.py"))
    file.write_text(file.read_text() + "\nEDITED = True\n")
    make(few)
    assert "compare the mean over questions instead" in (few / "_site" / "b" / "toy_hallusionbench.html").read_text()
    assert "ranks compare the mean over questions" in (few / "_site" / "index.html").read_text()
    assert "各题得分的平均" in (few / "_site" / "zh" / "index.html").read_text()


def test_samples_that_come_later_are_used(few: Path) -> None:
    """Tags lie in the samples file, which may not be published and so may be missing at first."""
    (file,) = (few / "results" / "_samples").glob("toy_hallusionbench@1/all.jsonl")
    page, aside = few / "_site" / "b" / "toy_hallusionbench.html", few / "aside"
    file.rename(aside)
    make(few, langs=("en",))
    assert "compare the mean over questions instead" in page.read_text()
    aside.rename(file.with_name("all.local.jsonl"))
    make(few, langs=("en",))
    assert "a jackknife over 40 groups" in page.read_text()


@pytest.mark.parametrize(
    ("page", "said"), [("compare.html", "those of the mean over questions"), ("zh/compare.html", "各题得分的平均")]
)
def test_the_comparison_says_so(visit: Callable[..., Any], page: str, said: str) -> None:
    tab = visit(f"{page}#m1=alder__vision-1a&m2=birch__vision-1b")
    until(tab, "document.querySelectorAll('#out .note').length === 1")
    note = tab.inner_text("#out .note")
    assert said in note
    assert "Hallusionbench" in note
    assert "Chartqa" not in note


@pytest.mark.parametrize(("name", "told"), [("toy_chartqa", False), ("toy_hallusionbench", True)])
def test_pages_tell_of_few_clusters(board: Board, site: Path, name: str, told: bool) -> None:
    cell = next(iter(column(board, name).cells.values()))
    for url in (benchmark_url(name), run_url(cell)):
        assert ("fewer than 30 groups" in (site / url).read_text()) is told
