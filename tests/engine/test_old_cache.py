"""Replies that an earlier version cached are found again: an update never makes anybody pay twice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mmeval.engine.options import Settings
from mmeval.runner import jobs, run_one

OLD = Path(__file__).parent / "old_cache"
SERVER = "http://127.0.0.1:47113/ok"


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("openai/m", {"base_url": f"{SERVER}/v1"}),
        ("anthropic/m", {"base_url": SERVER}),
        ("gemini/m", {"base_url": SERVER}),
        ("mock/echo", {}),
    ],
)
def test_every_reply_is_found(tmp_path, monkeypatch, model, options):
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.setenv(variable, "k")
    cache = shutil.copy(OLD / "cache.sqlite", tmp_path)
    settings = Settings(results=tmp_path / "results", cache_file=cache, options=options, epochs=2, attempts=1)
    (job,) = jobs([str(OLD / "questions.jsonl")], settings)
    info = run_one(job.benchmark, model, settings).info
    assert (info.status, info.totals.requests, info.totals.cached, info.counts) == ("complete", 0, 6, {"ok": 6})
