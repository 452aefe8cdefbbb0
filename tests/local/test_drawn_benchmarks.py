"""The bundled drawn benchmarks: answers are right, balanced, and cannot be guessed from the words alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from functools import cache

import pytest

from mmeval import Benchmark, Reply, Sample, Text
from mmeval.catalog import Catalog
from mmeval.stats.intervals import mean

NAMES = ("shape_sequence", "bar_reading", "drawn_scenes")
KINDS = {"shape_sequence": {"colour", "shape"}, "bar_reading": {"tallest", "shortest", "value"}}
KINDS["drawn_scenes"] = {"count", "exists", "colour", "place"}
LEVEL = 0.999


@cache
def load(name: str) -> tuple[Benchmark, list, list[Sample]]:
    benchmark = Catalog().benchmark(name)
    rows = list(benchmark.data.rows())
    return benchmark, rows, [benchmark.to_sample(row) for row in rows]


def words(sample: Sample) -> str:
    return "".join(part.text for part in sample.prompt if isinstance(part, Text))


@pytest.mark.parametrize("name", NAMES)
def test_card(name):
    benchmark, _, samples = load(name)
    assert benchmark.rows == len(samples) == len({sample.id for sample in samples})
    assert benchmark.redistribute
    assert {sample.tags["category"] for sample in samples} == KINDS[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_cluster_is_a_picture(name):
    pictures = defaultdict(set)
    for sample in load(name)[2]:
        pictures[sample.cluster].add(sample.prompt[0].sha256)
    digests = [digest for group in pictures.values() for digest in group]
    assert len(digests) == len(set(digests)) == len(pictures)


@pytest.mark.parametrize("name", NAMES)
def test_drawn_again_it_is_the_same(name):
    benchmark, _, samples = load(name)
    assert [benchmark.to_sample(row) for row in replace(benchmark.data, n=5).rows()] == samples[: 5 * len(KINDS[name])]


@pytest.mark.parametrize("name", NAMES)
def test_the_gold_scores_one_and_another_answer_zero(name):
    benchmark, _, samples = load(name)
    rule = benchmark.score.rule(benchmark.profile)
    for sample in samples[:40]:
        gold = Reply(text=sample.target, finish="stop")
        other = Reply(text=next(s.target for s in samples if s.target != sample.target), finish="stop")
        assert (rule(sample, gold).value, rule(sample, other).value) == (1.0, 0.0)


def test_shown_cells_decide_the_next():
    for row in load("shape_sequence")[1]:
        cells = [thing[("colour", "shape").index(row["kind"])] for thing in row["things"][:5]]
        period = next(p for p in (2, 3) if all(cells[i] == cells[i - p] for i in range(p, 5)))
        assert row["answer"] == cells[5 - period]


def test_charts_answer_their_questions():
    for row in load("bar_reading")[1]:
        values = row["values"]
        assert len(set(values.values())) == 4
        wanted = {"tallest": max(values.values()), "shortest": min(values.values())}
        if row["kind"] in wanted:
            assert values[row["answer"]] == wanted[row["kind"]]
        else:
            assert str(values[row["question"].split()[-2]]) == row["answer"]


def test_scenes_answer_their_questions():
    for row in load("drawn_scenes")[1]:
        things, asked = row["things"], row["question"].partition("?")[0].split()
        if row["kind"] == "count":
            assert sum(f"{shape}s" == asked[2] for _, shape in things.values()) == int(row["answer"])
        elif row["kind"] == "exists":
            assert (tuple(asked[-2:]) in things.values()) == (row["answer"] == "yes")
        else:
            shape = asked[-1] if row["kind"] == "colour" else asked[2]
            ((cell, (colour, _)),) = [item for item in things.items() if item[1][1] == shape]
            assert row["answer"] == (colour if row["kind"] == "colour" else ("left", "middle", "right")[cell[1]])


@pytest.mark.parametrize("name", NAMES)
def test_answers_are_balanced(name):
    for kind in KINDS[name]:
        golds = Counter(sample.target for sample in load(name)[2] if sample.tags["category"] == kind)
        n, fair = golds.total(), golds.total() / len(golds)
        assert all(abs(count - fair) < 3.3 * (fair * (1 - fair / n)) ** 0.5 for count in golds.values()), golds


def learned(samples: list[Sample]) -> dict[tuple[str, str], Counter]:
    """Which answers follow which question, as a model without eyes could learn it: words and options by gold."""
    seen: dict[tuple[str, str], Counter] = defaultdict(Counter)
    for sample in samples:
        gold = sample.choices["ABCD".index(sample.target)] if sample.choices else sample.target
        for key in (words(sample).partition("\n")[0], sample.tags["category"]):
            seen[(key, "")][gold] += 1
    return seen


def guess(sample: Sample, seen: dict[tuple[str, str], Counter]) -> str:
    """The likeliest answer given the question, among the options where there are some."""
    known = seen.get((words(sample).partition("\n")[0], "")) or seen[(sample.tags["category"], "")]
    if not sample.choices:
        return known.most_common(1)[0][0]
    return "ABCD"[max(range(4), key=lambda i: known[sample.choices[i]])]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("half", [0, 1])
def test_a_rule_without_eyes_stays_at_chance(name, half):
    benchmark, _, samples = load(name)
    train = [s for s in samples if int(s.cluster) % 2 == half]
    test = [s for s in samples if int(s.cluster) % 2 != half]
    seen = learned(train)
    right = [float(guess(s, seen) == s.target) for s in test]
    found = mean(right, [s.cluster for s in test], level=LEVEL)
    assert found.low <= benchmark.chance <= found.high
