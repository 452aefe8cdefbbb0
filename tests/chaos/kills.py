"""Kill one run many times: what the suite checks with a few kills and `tests/perf` with many."""

from __future__ import annotations

import random
import signal
from dataclasses import replace

from tests.chaos.conftest import Project

IN_FLIGHT = 32


def kill_again_and_again(run: Project, kills: int) -> int:
    """Kill -9 the process group at random moments of a run, resume it each time, and compare it with an undisturbed run.

    Returns how many of the signals found the run under way.
    """
    provider = run.provider
    provider.faults = replace(provider.faults, latency=0.02)
    assert run.run("clean")[0] == 0
    n = len(provider.attempts)
    provider.reset()
    moments = sorted(random.Random(5).sample(range(10, n), kills))
    killed = sum(run.stop_at("dirty", moment, signal.SIGKILL)[0] == -signal.SIGKILL for moment in moments)
    code, out = run.run("dirty")
    assert code == 0, out
    assert killed >= 0.75 * kills, "too few of the signals found a run under way"
    assert run.scores("dirty") == run.scores("clean")
    assert len(provider.attempts) == n
    assert run.repeated() <= killed * IN_FLIGHT
    return killed
