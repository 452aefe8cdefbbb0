"""How long a site of 100 models x 20 benchmarks x 1,000 samples takes, from nothing and after one new run.

python -m tests.perf.site_build [LEDGER]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from mmeval.sitegen.build import Options, build
from tests import ledger

SHAPE = ledger.Shape(models=97, benchmarks=20, samples=1000)


def timed(root: Path, what: str) -> None:
    start = time.perf_counter()
    made = build(Options(results=root / "results", out=root / "_site", cache=root / ".cache", path=(root,)))
    own, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu = own.ru_utime + own.ru_stime + theirs.ru_utime + theirs.ru_stime
    peak = max(own.ru_maxrss, theirs.ru_maxrss) // 1024
    print(
        f"{what}: {time.perf_counter() - start:.1f} s, {cpu:.0f} s CPU so far, {peak} MB, {made.runs} runs, {made.written} written"
    )


def main() -> None:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    if not (root / "results").is_dir():
        ledger.write(root, SHAPE)
    timed(root, "first build or what was left to do")
    samples = ledger.stored_samples("toy_chartqa", SHAPE)
    name = f"new/model-{int(time.time())}"
    ledger.write_run(root / "results", name, "toy_chartqa", samples, [0.6] * SHAPE.samples, SHAPE)
    timed(root, "after one new run")


if __name__ == "__main__":
    main()
