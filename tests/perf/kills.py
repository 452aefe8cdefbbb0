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
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, Provider(say=mostly_right, keep=False) as provider:
        killed = kill_again_and_again(Project.at(Path(home), provider, given.samples), given.n)
    print(f"killed {killed} times; the scores are those of the undisturbed run")


if __name__ == "__main__":
    main()
