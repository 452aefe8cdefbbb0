"""Runs with several prompts and with rotated options: what is asked, what is counted, and that everything else works."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from mmeval import data
from mmeval.board.collect import collect
from mmeval.comparable import refused
from mmeval.data import Variant, closings, varied
from mmeval.data.closings import CHINESE, ENGLISH, MOST, VERSION, closed_with
from mmeval.data.rotations import original, rotations
from mmeval.definitions import Benchmark
from mmeval.engine.options import Settings
from mmeval.errors import DataError, UsageError
from mmeval.gate.live import Candidate, run_cases
from mmeval.gate.policy import Bench, Policy
from mmeval.metrics import accuracy, in_every_rotation, over_prompts
from mmeval.report.variants import told
from mmeval.rescore import open_source, rescore
from mmeval.runner import run_one
from mmeval.runner.merge import merge
from mmeval.runner.targets import job_of
from mmeval.sitegen.quality import asked_otherwise
from mmeval.stats.components import components, deviations
from mmeval.store import copy_run, read_samples, run_path
from mmeval.store.info import Measures
from mmeval.types import Record, Sample, Score, Text

ROWS = [
    {"id": f"q{i}", "question": f"Which one of {i}?", "options": ["red", "green", "blue"], "answer": "ABC"[i % 3]}
    for i in range(6)
]


@pytest.fixture
def questions(tmp_path: Path) -> Benchmark:
    (tmp_path / "quiz.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    return data.from_file(tmp_path / "quiz.jsonl")


def settings(root: Path, **given: Any) -> Settings:
    return Settings(results=root / "results", cache_file=root / "c.sqlite", **{"options": {"reply": "B"}, **given})


def sample(text: str, *choices: str, target: Any = "A", **more: Any) -> Sample:
    return Sample(id="s", prompt=(Text(text),), target=target, choices=choices, **more)


def text_of(one: Sample) -> str:
    return "".join(part.text for part in one.prompt if isinstance(part, Text))


@pytest.mark.parametrize(
    ("text", "choices", "closing"),
    [
        ("How many? Answer with a number.", (), ENGLISH["number"][0]),
        ("Is it red? Answer with yes or no.", (), ENGLISH["yes-no"][0]),
        ("What is it?\nAnswer the question using a single word or phrase.", (), ENGLISH["open"][0]),
        ("What is it?", (), ENGLISH["open"][0]),
        ("Q?\nA. x\nB. y\nAnswer with the option's letter", ("x", "y"), None),
        ("Q?\nA. x\nB. y\nPlease select the correct answer from the options above. \n", ("x", "y"), ENGLISH["choice"][0]),
        ("图中有几只猫？请用数字回答。", (), CHINESE["number"][0]),
        ("这是什么？\nA. 猫\nB. 狗\n请直接回答选项字母。", ("猫", "狗"), CHINESE["choice"][0]),
        ("What does 水 mean in this sentence?", (), ENGLISH["open"][0]),
    ],
)  # fmt: skip
def test_the_closing_is_replaced_by_one_of_its_kind(text: str, choices: tuple[str, ...], closing: str | None) -> None:
    one = sample(text, *choices)
    assert closed_with(one, 0) is one.prompt
    found = text_of(Sample(id="s", prompt=closed_with(one, 1), target=None))
    if closing is None:  # quotes may be part of a format, so the closing stays
        assert found == f"{text}\n{ENGLISH['choice'][0]}"
    else:
        assert found.endswith(f"\n{closing}")
        assert sum(word in found for word in ("Answer", "Please", "请")) <= 1, "one closing only"


def test_paraphrases_are_different_and_never_depend_on_the_target() -> None:
    for table in (ENGLISH, CHINESE):
        assert set(table) == set(get_args(closings.Kind))
        for texts in table.values():
            assert len(set(texts)) == len(texts) == MOST - 1
    asked = {closed_with(sample("What is it?", target=target), 2) for target in ("yes", "3", "a cat")}
    assert len(asked) == 1


def test_changed_paraphrases_have_another_name() -> None:
    texts = json.dumps([ENGLISH, CHINESE], sort_keys=True).encode()
    assert (VERSION, hashlib.sha256(texts).hexdigest()[:12]) == (1, "3a4d9248854f"), "raise VERSION"


@pytest.mark.parametrize(
    ("one", "targets"),
    [
        (sample("Q?\nA. cat\nB. dog\nC. cow\nGo", "cat", "dog", "cow", target="B"), ["B", "A", "C"]),
        (sample("Q? (A) cat (B) dog", "cat", "dog", target="(A)"), ["(A)", "B"]),
        (sample("Q?\nA. cat\nB. dog", "cat", "dog", target="dog"), ["dog", "dog"]),
        (sample("Q?\nA. cat\nB. dog\nC. cow", "cat", "dog", "cow", target="A, C"), ["A, C", "B, C", "A, B"]),
        (sample("Q?\nA. cat\nB. dog", "cat", "dog", target=None), [None, None]),
        (sample("Is A. cat the one?\nA. a\nB. cat", "a", "cat", target="A"), ["A", "B"]),
        (sample("Q?\nA. cat\nB. none of the above", "cat", "none of the above"), ["A"]),
        (sample("Q?\nA. x\nB. y\nC. Both A and B", "x", "y", "Both A and B"), ["A"]),
        (sample("Look at the options in the picture.", "cat", "dog"), ["A"]),
        (sample("Q?\nA. cat\nB. cat", "cat", "cat"), ["A"]),
        (sample("How many?", target="3"), ["3"]),
    ],
)
def test_targets_move_with_the_options(one: Sample, targets: list[str | None]) -> None:
    found = rotations(one)
    assert [turned.target if i else one.target for i, turned in enumerate(found)] == targets
    assert {original(turned.id) for turned in found} == {"s"}
    assert {turned.tags["rotations"] for turned in found} == {str(len(targets))}
    for turned in found[1:]:
        assert sorted(turned.choices) == sorted(one.choices)
        for letter, option in zip("ABC", turned.choices, strict=False):
            assert any(f"{letter}{mark} {option}" in text_of(turned) for mark in (".", ")"))


def records(rights: dict[tuple[str, int], str]) -> list[Record]:
    """One record per question and rotation of two; the letter that was answered, and `!` where it is right."""
    return [
        Record(
            id=f"{key}#rotation{by}",
            epoch=1,
            status="ok",
            score=Score(value=float(said.endswith("!")), answer=said[0]),
            tags={"rotation_of": key, "rotations": "2"},
        )
        for (key, by), said in rights.items()
    ]


def test_a_question_counts_if_every_rotation_is_right() -> None:
    asked = {("a", 0): "A!", ("a", 1): "B!", ("b", 0): "A!", ("b", 1): "A", ("c", 0): "A!", ("d", 0): "A"}
    found = in_every_rotation(accuracy(chance=0.5)).aggregate(records(asked))
    assert (found["accuracy"].value, found["accuracy"].n) == (pytest.approx(1 / 3), 3), "c lacks a rotation, d is wrong"
    assert found["accuracy/single"].value == pytest.approx(4 / 6)
    assert found["accuracy/chosen=A"].value == pytest.approx(5 / 6)
    assert found["accuracy/bias=A"].value == pytest.approx(5 / 6 - 1 / 2)
    assert found["accuracy/bias=A"].low < found["accuracy/bias=A"].value < found["accuracy/bias=A"].high
    assert "accuracy/chance-corrected" not in found, "the chance level is that of single questions"
    assert in_every_rotation(accuracy()).aggregate([]) == {}


def test_components_are_those_of_the_analysis_of_variance() -> None:
    # Two prompts: between = (mean square of prompts - residual) / n, by hand for a table of 3 x 2.
    table = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    found = components(table)
    prompts, samples, rest = 3 * 2 * (1 / 6) ** 2, 2 * (0 + 0.25 + 0.25), (2 * ((1 / 3) ** 2 + 2 * (1 / 6) ** 2))
    assert found.between == pytest.approx((prompts - rest / 2) / 3)
    assert found.within == pytest.approx(rest / 2 + (samples / 2 - rest / 2) / 2)


def test_components_are_recovered_and_equal_prompts_have_none() -> None:
    draw = np.random.default_rng(3)
    effects = np.array([-0.08, -0.03, 0.0, 0.04, 0.07])
    table = (draw.random((4000, 5)) < 0.5 + effects).astype(float)
    found = deviations(table, [f"c{i // 4}" for i in range(4000)])
    assert found is not None
    between, within = found
    assert between.low < effects.std(ddof=1) < between.high
    assert between.value == pytest.approx(effects.std(ddof=1), abs=0.01)
    assert within.value == pytest.approx(0.5, abs=0.01)
    equal = deviations(np.repeat(table[:, :1], 3, axis=1), [None] * 4000)
    assert equal is not None
    assert equal[0].value == 0
    assert deviations(table[:, :1], [None] * 4000) is None


def test_prompts_take_turns_in_epochs() -> None:
    draw = random.Random(1)
    hits = {(i, e): float(draw.random() < (0.9 if e % 2 else 0.4)) for i in range(200) for e in range(1, 5)}
    made = [
        Record(id=str(i), epoch=e, status="ok", score=Score(value=hit, answer="A"), cluster=str(i))
        for (i, e), hit in hits.items()
    ]
    found = over_prompts(accuracy(), 2).aggregate(made)
    first = sum(hit for (_, e), hit in hits.items() if e in (1, 3)) / 400
    assert found["accuracy/prompt=1"].value == pytest.approx(first)
    assert found["accuracy/between prompts"].value == pytest.approx(0.5 / 2**0.5, abs=0.05)
    assert found["accuracy"].value == pytest.approx(sum(hits.values()) / 800)


def test_names_are_read_back() -> None:
    for variant in (Variant(), Variant("blind"), Variant("blind", circular=True, prompts=3), Variant(prompts=8)):
        assert Variant.of(variant.name) == variant
    assert (Variant().name, Variant("blind").name) == ("", "blind"), "as in runs of earlier versions"
    assert Settings.model_fields["prompts"].metadata[-1].le == MOST


def test_run_resume_shards_rescore_and_board(tmp_path: Path, questions: Benchmark) -> None:
    asked = {"circular": True, "prompts": 2}
    run = run_one(questions, "mock/echo", settings(tmp_path, **asked))
    info = run.info
    assert (info.spec.variant, info.spec.epochs, info.planned) == (f"circular.prompts-2v{VERSION}", 2, 36)
    assert info.metrics["accuracy"].value == 0, "the same letter is never right in all rotations"
    assert info.metrics["accuracy/single"].value == pytest.approx(1 / 3)
    assert info.metrics["accuracy/bias=B"].value == pytest.approx(2 / 3)
    assert info.metrics["accuracy/between prompts"].value == 0
    assert "B is chosen most, in 100.0 % of the replies" in told(info)[1]
    assert run_one(questions, "mock/echo", settings(tmp_path, **asked)).info.totals == info.totals, "it is complete"
    plain = run_one(questions, "mock/echo", settings(tmp_path))
    assert "variant" in {change.key for change in refused(plain.info, info, "column")}
    parts = [run_one(questions, "mock/echo", settings(tmp_path / str(i), shard=f"{i}/2", **asked)) for i in (1, 2)]
    whole = merge(parts, job_of(parts[0], settings(tmp_path), tmp_path / "quiz.jsonl").benchmark, tmp_path / "merged")
    assert whole.info.metrics == info.metrics
    shared = run.samples()
    assert shared is not None
    assert len(list(read_samples(shared))) == 18, "every rotation is stored, so that it can be scored again"
    source = open_source(run, file=tmp_path / "quiz.jsonl")
    again = rescore(source, "mmeval", results=tmp_path / "again")
    assert again.info.metrics == info.metrics
    board = collect(tmp_path / "results")
    (column,) = board.columns
    (found,) = asked_otherwise(column, board)
    assert (found["letter"], found["prompts"]) == ("B", [0.0, 0.0])
    assert found["single"] == pytest.approx(100 / 3)
    assert column.cells["mock/echo"].run.info.spec.variant == "", "a variant stands beside the column"


def test_every_prompt_is_asked(tmp_path: Path, questions: Benchmark) -> None:
    run = run_one(questions, "mock/echo", settings(tmp_path, options={}, prompts=3, limit=2))
    told_back = {(record.id, record.epoch): record.reply.text for record in run.records() if record.reply}
    assert sorted(epoch for _, epoch in told_back) == [1, 1, 2, 2, 3, 3]
    assert len(set(told_back.values())) == 6, "the model repeats its prompt, so every prompt was another one"


SMALL = """
from mmeval import Benchmark, Sample, Text, data
from mmeval.metrics import accuracy
from mmeval.scorers import choice

benchmark = Benchmark(
    name="small", version="1", title="Small", about="Colours.", data=data.generated(lambda rng: {}, n=30, seed=1),
    to_sample=lambda row: Sample(
        id=row["id"], prompt=(Text(f"{row['id']}?\\nA. red\\nB. blue\\nAnswer with a letter."),), target="B",
        choices=("red", "blue"),
    ),
    score=choice(), profile="mmeval", metric=accuracy(), cluster=None, license=None, url=None, paper=None, rows=30,
    chance=0.5,
)
"""


@pytest.mark.parametrize("mode", ["stored", "rerun"])
def test_the_gate_asks_in_the_way_of_its_baseline(tmp_path: Path, mode: str) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "small.py").write_text(SMALL)
    given = settings(tmp_path, path=(tmp_path,), circular=True, prompts=2)
    run = run_one("small", "mock/echo", given)
    copy_run(run, run_path(tmp_path / "baselines", run.info.spec), Measures())
    baseline = {"path": tmp_path / "baselines", "mode": mode}
    policy = Policy(version=1, benchmarks={"small": Bench(margin=0.3)}, baseline=baseline)
    rest = {"results": tmp_path / "new", "cache_file": tmp_path / "c.sqlite", "path": (tmp_path,)}
    candidate = Candidate(model="mock/echo", options={"reply": "B"}, settings=rest)
    (case,) = run_cases(policy, tmp_path / "baselines", candidate)
    assert case.problem is None
    assert case.comparison is not None
    assert len(case.comparison.pairs) == 60
    for side in (case.comparison.base, case.comparison.candidate):
        assert (side.run.info.spec.variant, side.run.info.spec.epochs) == (run.info.spec.variant, 2)
        assert side.counts["ok"] == 120


def test_what_cannot_be_rotated_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="--circular: none of the first 64 questions has lettered options"):
        run_one("drawn_scenes", "mock/echo", settings(tmp_path, circular=True, limit=5))
    benchmark = Settings().catalog.benchmark("mmbench_dev_en")
    with pytest.raises(UsageError, match="mmbench_dev_en asks every question with its options rotated already"):
        varied(benchmark, Variant(circular=True))
