"""Every benchmark about films or sounds on a twin of its rows, with real clips: from a row to the score."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from datasets import Audio as Sound

from mmeval import DataError, data, sampling
from mmeval.catalog import Catalog
from mmeval.runner import Settings, run_one
from mmeval.types import Audio, Video
from tests.benchmarks import laid
from tests.benchmarks.twin import leaves, load, renamed, scored, shown
from tests.benchmarks.twins_films import TWINS as FILMS
from tests.benchmarks.twins_sounds import TWINS as SOUNDS
from tests.data.fakehub import Hub

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


def test_sounds_come_out_of_parquet(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MMEVAL_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    columns = {**SOUNDS["librispeech"].columns, "audio": Sound()}
    rows = [
        {"audio": {"bytes": flac(seconds), "path": f"{seconds}.flac"}, "gt": "NO", "source": f"test-clean/{n}-1-0.flac"}
        for n, seconds in enumerate((0.5, 1.25))
    ]
    benchmark, samples = load("librispeech", hub, replace(SOUNDS["librispeech"], columns=columns, rows=rows), tmp_path)
    assert [(part.mime, part.read()[:4]) for part in (sample.prompt[0] for sample in samples)] == [
        ("audio/flac", b"fLaC")
    ] * 2
    run = run_one(replace(benchmark, rows=None), "mock/echo", Settings(results=tmp_path / "results", cache="off"))
    seen = {told.id: told.seen[0] for told in run.told()}
    assert sorted(one.seconds for one in seen.values()) == [0.5, 1.25]
    assert run.info.metrics["wer"].value > 1  # an echo says the prompt


def flac(seconds: float) -> bytes:
    """A tone as the hub's sets of speech have theirs: FLAC of 16,000 samples per second."""
    out = io.BytesIO()
    with av.open(out, "w", format="flac") as file:
        stream = file.add_stream("flac", rate=16_000)
        wave = (8000 * np.sin(np.arange(round(16_000 * seconds)) / 20)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave[None], format="s16", layout="mono")
        frame.rate, frame.pts = 16_000, 0
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


def test_only_the_part_that_a_question_is_about_is_shown(clips: Path, tmp_path: Path):
    benchmark, _ = laid.load("tvbench", TWINS["tvbench"], clips)
    run = run_one(replace(benchmark, rows=None), "mock/echo", Settings(results=tmp_path / "results", cache="off"))
    assert run.info.counts == {"ok": 1}
    seen = json.loads(run.files.journal.read_text())["seen"][0]
    assert seen["seconds"] == pytest.approx(0.6, abs=0.1)
    assert 0.16 < min(seen["at"]) < max(seen["at"]) <= 0.8  # the frame on screen at 0.2 began before
