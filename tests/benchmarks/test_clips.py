"""Every benchmark about films or sounds on a twin of its rows, with real clips: from a row to the score."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mmeval import DataError, data, sampling
from mmeval.catalog import Catalog
from mmeval.runner import Settings, run_one
from mmeval.types import Audio, Video
from tests.benchmarks import laid
from tests.benchmarks.twin import leaves, renamed, scored, shown
from tests.benchmarks.twins_films import TWINS as FILMS
from tests.benchmarks.twins_sounds import TWINS as SOUNDS

TWINS = FILMS | SOUNDS


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return laid.fill(tmp_path_factory.mktemp("clips"))


@pytest.mark.parametrize("name", sorted(TWINS))
def test_from_a_row_to_the_score(name: str, clips: Path):
    twin = TWINS[name]
    benchmark, samples = laid.load(name, twin, clips)
    assert shown(samples[0]) == list(twin.prompt)
    records, value = scored(benchmark, twin, samples)
    assert value == pytest.approx(twin.value)
    if twin.answers is not None:
        assert [r.score.answer if r.score else None for r in records] == list(twin.answers)
    moving = [part for part in samples[0].prompt if isinstance(part, Audio | Video)]
    assert name == "video_mmmu" or all(part.data or (part.path and part.path.is_file()) for part in moving)
    assert bool(benchmark.video) == any(isinstance(part, Video) for part in moving)
    assert bool(benchmark.audio) == any(isinstance(part, Audio) for part in moving)
    assert sampling.video_policy(benchmark.video or "frames=1")


@pytest.mark.parametrize("name", sorted(TWINS))
def test_a_renamed_column_is_one_line(name: str):
    for column in leaves(Catalog().benchmark(name).data)[0].columns:
        with pytest.raises(DataError, match=rf"^{name}: [^\n]*no column {column!r}[^\n]*$"):
            list(data.samples(renamed(name, TWINS[name], column)))


def test_only_the_part_that_a_question_is_about_is_shown(clips: Path, tmp_path: Path):
    benchmark, _ = laid.load("tvbench", TWINS["tvbench"], clips)
    run = run_one(replace(benchmark, rows=None), "mock/echo", Settings(results=tmp_path / "results", cache="off"))
    assert run.info.counts == {"ok": 1}
    seen = json.loads(run.files.journal.read_text())["seen"][0]
    assert seen["seconds"] == pytest.approx(0.6, abs=0.1)
    assert 0.16 < min(seen["at"]) < max(seen["at"]) <= 0.8  # the frame on screen at 0.2 began before
