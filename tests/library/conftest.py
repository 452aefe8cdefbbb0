"""A folder of its own for each test, with a cache of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

MANY = """
import mmeval

rows = [{"id": str(i), "question": "Say 4.", "answer": "4"} for i in range(100)]
benchmark = mmeval.benchmark(rows, name="many", version="1")
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MMEVAL_CACHE", str(tmp_path / "cache.sqlite"))
    monkeypatch.delenv("MMEVAL_PATH", raising=False)
    return tmp_path


@pytest.fixture
def many(project: Path) -> str:
    """The name of a benchmark of the project with 100 questions, which cost nothing to make."""
    (project / "benchmarks").mkdir(exist_ok=True)
    (project / "benchmarks" / "many.py").write_text(MANY, encoding="utf-8")
    return "many"
