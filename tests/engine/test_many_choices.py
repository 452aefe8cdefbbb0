"""A thousand choices: the best scores are kept, and decide what all of them would; the choices are stored once."""

from __future__ import annotations

import json
import random
from dataclasses import replace

from mmeval import Reply, Request, Sample, Text
from mmeval.metrics import in_top_five
from mmeval.rescore import open_source, rescore
from mmeval.runner import job, run_one
from mmeval.scorers import ranked
from mmeval.store import read_samples

from .conftest import make_benchmark

NAMES = tuple(f"class {i}" for i in range(1000))
RULE = ranked().rule("official")


def test_the_best_scores_decide_what_all_would():
    draw = random.Random(3)
    prompt, rules = (Text("?"),), set()
    for n in range(150):
        target = draw.randrange(1000)
        scores = [float(draw.randrange(4 ** (1 + n % 6))) for _ in NAMES]
        if n % 3:
            scores[target] = sorted(scores)[-1 - draw.randrange(12)] + draw.choice((0, 0.5))
        sample = Sample(id="a", prompt=prompt, target=NAMES[target], choices=NAMES)
        whole = Reply(text="", finish="stop", scores=tuple(scores))
        kept = whole.trimmed(Request(prompt=prompt, want="choice", choices=NAMES, best=ranked().keeps))
        assert (len(kept.scores), len(kept.places)) == (10, 10)
        score = RULE(sample, whole)
        assert RULE(sample, kept) == score
        not_below = sum(score >= scores[target] for score in scores) - 1
        assert (score.value, score.rule != "below the top 5") == (float(not_below == 0), not_below < 5)
        rules.add((score.rule, score.answer is None))
    assert rules == {
        ("top 1", False),
        *((f"{where}top 5", tie) for where in ("", "below the ") for tie in (False, True)),
    }


def test_a_run_keeps_little_and_can_be_scored_again(settings, tmp_path):
    base = make_benchmark(6, score=ranked(), want="choice", name="many", metric=in_top_five())
    benchmark = replace(
        base, to_sample=lambda row: replace(base.to_sample(row), choices=NAMES, target=NAMES[int(row["id"][-1])])
    )
    # The highest scores are those of the classes 1, 2, ...; the target of each sample is that of its number.
    scores = [0.123456789 / (i or 1000) for i in range(1000)]
    given = settings.model_copy(update={"options": {"script": json.dumps({"*": {"text": "", "scores": scores}})}})
    run = run_one(benchmark, "mock/scripted", given)
    assert {name: round(one.value, 3) for name, one in run.info.metrics.items()} == {
        "accuracy": round(1 / 6, 3), "accuracy/top5": round(5 / 6, 3),
    }  # fmt: skip
    assert run.files.journal.stat().st_size < 6 * 1500
    stored = run.samples()
    assert stored is not None
    assert [one.choices for one in read_samples(stored)] == [NAMES] * 6
    assert stored.stat().st_size < 2 * len(json.dumps(NAMES))

    again = rescore(open_source(run, job=job(benchmark, given)), "official", results=tmp_path / "again")
    assert again.info.metrics == run.info.metrics
    assert list(again.scores()) == list(run.scores())

    cached = run_one(benchmark, "mock/scripted", given.model_copy(update={"results": tmp_path / "cached"}))
    assert (cached.info.totals.requests, list(cached.scores())) == (0, list(run.scores()))
