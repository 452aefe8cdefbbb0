"""Kill one run many times: what the suite checks with a few kills and `tests/perf` with many."""

from __future__ import annotations

import random
import signal
from dataclasses import dataclass, replace

from tests.chaos.conftest import Project

IN_FLIGHT = 32
LATENCY_S = 0.02


@dataclass(frozen=True)
class Killed:
    """What the kills cost."""

    kills: int
    """Signals that found the run under way."""
    samples: int
    requests: int
    """That the provider has seen in all."""
    counted: int
    """The same, as run.json has it."""
    repeated: int
    """Requests beyond the first for the same question."""
    paid_twice: int
    """Answers beyond the first to the same question that the provider has sent."""


def kill_again_and_again(run: Project, kills: int, *, seed: int = 5) -> Killed:
    """Kill -9 the process group at random moments of a run, resume it each time, and compare it with an undisturbed run."""
    provider, draw = run.provider, random.Random(seed)
    provider.faults = replace(provider.faults, latency=LATENCY_S)
    assert run.run("clean")[0] == 0
    n = len(provider.attempts)
    provider.reset()
    killed = 0
    for moment in sorted(draw.sample(range(10, n), kills)):
        pause = draw.uniform(0, LATENCY_S)
        killed += run.stop_at("dirty", moment, signal.SIGKILL, pause_s=pause)[0] == -signal.SIGKILL
    code, out = run.run("dirty")
    assert code == 0, out
    assert killed >= 0.75 * kills, "too few of the signals found a run under way"
    assert run.scores("dirty") == run.scores("clean")
    assert len(provider.attempts) == n
    found = Killed(
        killed,
        n,
        provider.counts["requests"],
        run.info("dirty")["totals"]["requests"],
        run.repeated(),
        run.paid_twice(),
    )
    assert found.paid_twice <= found.repeated <= killed * IN_FLIGHT
    assert n <= found.counted <= found.requests
    return found
