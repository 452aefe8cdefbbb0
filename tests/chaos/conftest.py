"""A project of its own with one benchmark, run by the real command line against the loopback provider."""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.forked import Forked
from tests.loopback import Provider

ROOT = Path(__file__).parent.parent.parent
BENCHMARK = """
from random import Random
from mmeval import Benchmark, Row, Sample, Text
from mmeval.data import generated
from mmeval.metrics import accuracy
from mmeval.scorers import choice

def make(rng: Random) -> Row:
    return {{"gold": rng.choice("ABCD"), "salt": rng.random()}}

def to_sample(row: Row) -> Sample:
    text = f"Question {{row['id']}} ({{row['salt']}}): which letter? Gold {{row['gold']}}"
    return Sample(id=row["id"], prompt=(Text(text),), target=row["gold"], choices=("w", "x", "y", "z"), cluster=str(int(row["id"]) // 4))

benchmark = Benchmark(
    name="letters", version="1", title="Letters", about="x", data=generated(make, n={n}, seed=3), to_sample=to_sample,
    score=choice(), profile="mmeval", metric=accuracy(), cluster="four", license=None, url=None, paper=None, rows={n}, chance=0.25,
)
"""


def mostly_right(body: dict[str, Any], kind: str) -> str:
    """The gold in three of four questions, else B; a pure function of the question."""
    text = str(body)
    number, gold = re.search(r"Question (\d+)", text), re.search(r"Gold ([A-D])", text)
    assert number is not None
    assert gold is not None
    return "B" if int(number[1]) % 4 == 0 else gold[1]


@dataclass
class Project:
    """Where runs are made; `command` is the line that a person would repeat."""

    home: Path
    provider: Provider
    extra: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, home: Path, provider: Provider, n: int, *extra: str) -> Project:
        """A project whose benchmark has `n` samples."""
        (home / "benchmarks").mkdir(exist_ok=True)
        (home / "benchmarks" / "letters.py").write_text(BENCHMARK.format(n=n), encoding="utf-8")
        return cls(home, provider, list(extra))

    def command(self, name: str, *args: str) -> list[str]:
        base = ["-o", f"base_url={self.provider.url('openai')}", "-o", "api=chat", "--concurrency", "32"]
        where = ["--results", name, "--cache-file", f"{name}.sqlite"]
        return ["run", "letters", "-m", "openai/m", *base, *where, *self.extra, *args]

    def start(self, name: str, *args: str, limit: Callable[[], object] | None = None) -> Forked:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "OPENAI_API_KEY": "sk-chaos", "CI": "true"}
        return Forked(self.command(name, *args), self.home, env, limit=limit)

    def run(self, name: str, *args: str, limit: Callable[[], object] | None = None) -> tuple[int, str]:
        process = self.start(name, *args, limit=limit)
        out, _ = process.communicate(timeout=240)
        return process.returncode, out

    def stop_at(
        self, name: str, requests: int, number: signal.Signals, *args: str, pause_s: float = 0.0
    ) -> tuple[int, str]:
        """Run until the provider has seen so many requests in all and `pause_s` more, then signal the process group."""
        process = self.start(name, *args)
        while process.poll() is None and self.provider.counts["requests"] < requests:
            time.sleep(0.002)
        time.sleep(pause_s)
        if process.poll() is None:
            os.killpg(process.pid, number)
        out, _ = process.communicate(timeout=240)
        return process.returncode, out

    def info(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(next((self.home / name).glob("*/*/*/run.json")).read_text(encoding="utf-8"))
        return found

    def scores(self, name: str) -> bytes:
        return next((self.home / name).glob("*/*/*/scores.csv")).read_bytes()

    def repeated(self) -> int:
        """Requests beyond the first for the same question."""
        return sum(self.provider.attempts.values()) - len(self.provider.attempts)

    def paid_twice(self) -> int:
        """Answers beyond the first to the same question that the provider has sent."""
        return sum(self.provider.answers.values()) - len(self.provider.answers)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(say=mostly_right, keep=False) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path, provider: Provider) -> Callable[..., Project]:
    return functools.partial(Project.at, tmp_path, provider)
