"""Kill one run of 2,000 samples many times and compare it with an undisturbed one: `python -m tests.perf.kills --n 20`."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.chaos.conftest import Project, mostly_right
from tests.chaos.kills import kill_again_and_again
from tests.loopback import Provider


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=20, help="kills")
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=5, help="draws the moments")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, Provider(say=mostly_right, keep=False) as provider:
        found = kill_again_and_again(Project.at(Path(home), provider, given.samples), given.n, seed=given.seed)
    print("kills | samples | requests | counted in run.json | asked again | paid twice | scores")
    print("---|---|---|---|---|---|---")
    numbers = (found.kills, found.samples, found.requests, found.counted, found.repeated, found.paid_twice)
    print(" | ".join(map(str, numbers)), "| identical")


if __name__ == "__main__":
    main()
