"""The gate of this repository, as its CI runs it: the code as it is passes, a scorer that reads nothing fails."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mmeval.scorers import Scorer
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
    ended = own("gate", "run")
    assert (ended.code, "PASS: 3 benchmarks" in ended.out) == (0, True), ended.out + ended.err
    # A scorer that reads nothing is a change of the code, so comparable, and worse. The replies are in the cache.
    shutil.rmtree(tmp_path / "results" / "transformers__demo-vlm")
    monkeypatch.setattr(Scorer, "rule", lambda self, profile: unread)
    ended = own("gate", "run")
    assert (ended.code, "FAIL: shape_sequence" in ended.out) == (1, True), ended.out + ended.err


def unread(sample: Sample, reply: Reply) -> Score:
    """No letter, no point."""
    return Score(value=0.0, answer=None, rule="broken")


def test_selftest(own: Command) -> None:
    ended = own("gate", "selftest")
    assert (ended.code, ended.out.count(" ok")) == (0, 12), ended.out
