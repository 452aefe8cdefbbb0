"""A project with one benchmark and one provider, and the command line inside this process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent / "project"


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Ended]


@pytest.fixture
def mmeval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `mmeval WORDS` in an empty folder that knows the project."""
    from mmeval.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MMEVAL_PATH", str(PROJECT))
    monkeypatch.setenv("MMEVAL_CACHE", str(tmp_path / "cache.sqlite"))
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_ACTOR"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["mmeval", *words])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return Ended(code, out, err)

    return run
