"""The gate of this repository, on a third of the samples that its CI asks: the code passes, a blind scorer fails."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from mmeval.scorers import Scorer
from mmeval.store import list_runs
from mmeval.types import Reply, Sample, Score
from tests.gate.conftest import Command

ROOT = Path(__file__).parents[2]


@pytest.fixture
def own(mmeval: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.delenv("MMEVAL_PATH")
    shutil.copy(ROOT / "gate.yaml", tmp_path)
    shutil.copytree(ROOT / "results" / "baselines", tmp_path / "results" / "baselines")
    return mmeval


@pytest.mark.slow
@pytest.mark.local
def test_this_code_passes_and_a_scorer_that_reads_nothing_fails(
    own: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_a_third(tmp_path)
    ended = own("gate", "run")
    assert (ended.code, "PASS: 3 benchmarks" in ended.out) == (0, True), ended.out + ended.err
    # A scorer that reads nothing is a change of the code, so comparable, and worse. The replies are in the cache.
    shutil.rmtree(tmp_path / "results" / "transformers__demo-vlm")
    monkeypatch.setattr(Scorer, "rule", lambda self, profile: unread)
    ended = own("gate", "run")
    assert (ended.code, "FAIL: shape_sequence" in ended.out) == (1, True), ended.out + ended.err


def ask_a_third(folder: Path) -> None:
    """Name every third sample of the baselines in the policy, as `mmeval gate subset` does."""
    policy = yaml.safe_load((ROOT / "gate.yaml").read_text(encoding="utf-8"))
    for run in list_runs(folder / "results" / "baselines")[0]:
        name, ids = run.info.spec.benchmark, [row.id for row in run.scores()][::3]
        (folder / f"{name}.json").write_text(json.dumps({"benchmark": name, "ids": ids}), encoding="utf-8")
        policy["benchmarks"][name] = {"ids": f"{name}.json"}
    (folder / "gate.yaml").write_text(yaml.safe_dump(policy, sort_keys=False), encoding="utf-8")


def unread(sample: Sample, reply: Reply) -> Score:
    """No letter, no point."""
    return Score(value=0.0, answer=None, rule="broken")


def test_selftest(own: Command) -> None:
    ended = own("gate", "selftest")
    assert (ended.code, ended.out.count(" ok")) == (0, 12), ended.out
