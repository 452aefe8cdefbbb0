"""`mmeval diff`: how two runs were made, then what changed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.gate.conftest import Command
from tests.gate.runs import base_scores, flipped, rows, write


def test_diff_for_people_and_machines(mmeval: Command, tmp_path: Path) -> None:
    scores = base_scores(300)
    base = write(tmp_path / "results", rows(scores))
    new = write(
        tmp_path / "results",
        [*rows(flipped(scores, losses=12, gains=2))[:-2], *rows([None] * 300)[-2:]],
        model="mock/new",
        options={"temperature": 0.5},
    )
    ended = mmeval("diff", base.path.name, new.path.name)
    text = " ".join(ended.out.split())
    assert ended.code == 0, ended.err
    for part in (
        "model: mock/base -> mock/new",
        "options.temperature: 0.0 -> 0.5",
        "2 unmeasured",
        "worse:",
        "better:",
    ):
        assert part in text
    made = json.loads(mmeval("diff", str(base.path), str(new.path), "--json").out)
    assert made["schema_version"] == 1
    assert len(made["unmeasured"]) == 2
    assert made["difference"]["n"] == 298
    assert made["difference"]["losses"] + made["difference"]["gains"] == len(made["flips"])
    assert [change["key"] for change in made["changes"]] == ["model", "options.temperature"]


def test_diff_of_two_benchmarks(mmeval: Command, tmp_path: Path) -> None:
    paths = [str(write(tmp_path / "results", rows(base_scores(20)), benchmark=name).path) for name in ("one", "two")]
    ended = mmeval("diff", *paths)
    assert (ended.code, "benchmark: one -> two" in ended.err) == (4, True)


def test_diff_of_a_run_with_itself(mmeval: Command, tmp_path: Path) -> None:
    path = str(write(tmp_path / "results", rows(base_scores(50))).path)
    ended = mmeval("diff", path, path)
    assert (ended.code, "the runs were made the same way" in ended.out) == (0, True)
