"""Every benchmark on a twin of its data: from `load_dataset` to the score, and one line for a column that is gone."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from mmeval import DataError, data
from mmeval.catalog import Catalog
from tests.benchmarks.test_clips import TWINS as CLIPS
from tests.benchmarks.twin import Twin, best_written, leaves, load, renamed, scored, shown
from tests.benchmarks.twins_catalog import TWINS as CATALOG
from tests.benchmarks.twins_charts import TWINS as CHARTS
from tests.benchmarks.twins_fields import TWINS as FIELDS
from tests.benchmarks.twins_general import TWINS as GENERAL
from tests.benchmarks.twins_generation import TWINS as GENERATION
from tests.benchmarks.twins_grounding import TWINS as GROUNDING
from tests.benchmarks.twins_groups import TWINS as GROUPS
from tests.benchmarks.twins_matching import TWINS as MATCHING
from tests.benchmarks.twins_puzzles import TWINS as PUZZLES
from tests.benchmarks.twins_video import TWINS as VIDEO
from tests.benchmarks.twins_vqa import TWINS as VQA
from tests.data.fakehub import Hub

TWINS: dict[str, Twin] = (
    VQA | CATALOG | CHARTS | FIELDS | GENERAL | GENERATION | GROUNDING | GROUPS | MATCHING | PUZZLES | VIDEO
)

DRAWN = [name for name in Catalog().benchmarks() if Catalog().benchmark(name).data.describe()["kind"] == "generated"]


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMEVAL_DATA", str(tmp_path / "data"))


@pytest.mark.parametrize("name", sorted(TWINS))
def test_from_load_dataset_to_the_score(name: str, hub: Hub, tmp_path: Path):
    twin = TWINS[name]
    benchmark, samples = load(name, hub, twin, tmp_path / "data")
    assert shown(samples[0]) == list(twin.prompt)
    assert [best_written(benchmark, sample) for sample in samples] == [1.0] * len(samples)
    records, value = scored(benchmark, twin, samples)
    assert value == pytest.approx(twin.value) if twin.value is not None else value is None
    if twin.answers is not None:
        assert [r.score.answer if r.score else None for r in records] == list(twin.answers)


@pytest.mark.parametrize("name", sorted(TWINS))
def test_a_renamed_column_is_one_line(name: str):
    for column in leaves(Catalog().benchmark(name).data)[0].columns:
        benchmark = renamed(name, TWINS[name], column)
        with pytest.raises(DataError) as caught:
            list(data.samples(benchmark))
        message = str(caught.value)
        assert message.startswith(f"{name}: {benchmark.data.where}")
        assert f"no column {column!r}" in message
        assert "\n" not in message


@pytest.mark.parametrize("name", DRAWN)
def test_written_targets_of_drawn_questions_are_right(name: str):
    benchmark = Catalog().benchmark(name)
    assert all(best_written(benchmark, benchmark.to_sample(row)) == 1 for row in islice(benchmark.data.rows(), 4))


def test_every_benchmark_with_data_has_a_twin():
    matrices = {"raven", "iraven"}  # drawn from npz files: test_matrices.py
    recorded = {"judge_speech"}  # its data are bundled: test_judging.py
    fresh = {name for name in Catalog().benchmarks() if name.startswith("fresh_")}
    assert set(TWINS) | set(CLIPS) | matrices | recorded | fresh | set(DRAWN) == set(Catalog().benchmarks())
