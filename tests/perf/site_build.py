"""How long a site takes from nothing and after one new run, how much memory, and how heavy it is.

python -m tests.perf.site_build                                     100 models x 20 benchmarks x 1,000 samples
python -m tests.perf.site_build LEDGER --shape 300x30x200           LEDGER is written if it is not there
"""

from __future__ import annotations

import argparse
import gzip
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mmeval.catalog import Catalog
from mmeval.sitegen.build import Options, build
from tests import ledger

PACKED = 300
"""Pages that are packed to find the heaviest: the largest ones, since packing all takes longer than the build."""


def shape_of(text: str) -> ledger.Shape:
    """`100x20x1000`: models with the three references, benchmarks, samples."""
    models, benchmarks, samples = map(int, text.split("x"))
    return ledger.Shape(models=models - 3, benchmarks=benchmarks, samples=samples)


def cpu() -> float:
    """Seconds of CPU of this process and of its workers so far."""
    own, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + theirs.ru_utime + theirs.ru_stime


def timed(root: Path, what: str) -> None:
    start, before = time.perf_counter(), cpu()
    made = build(Options(results=root / "results", out=root / "_site", cache=root / ".cache", catalog=Catalog((root,))))
    wall = time.perf_counter() - start
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024
    print(
        f"{what}: {wall:.1f} s, {cpu() - before:.1f} s of CPU, largest process {peak} MB, {made.runs} runs, "
        f"{made.written} written"
    )


def files(folder: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        for one in found:
            if one.is_dir(follow_symlinks=False):
                yield from files(one.path)
            else:
                yield one


def weigh(site: Path) -> None:
    sizes = {one.path: one.stat().st_size for one in files(str(site))}
    pages = sorted((size, path) for path, size in sizes.items() if path.endswith(".html"))[-PACKED:]
    packed, heaviest = max((len(gzip.compress(Path(path).read_bytes(), 9)), path) for _, path in pages)
    name = Path(heaviest).relative_to(site)
    print(
        f"{len(sizes)} files, {sum(sizes.values()) / 1e9:.2f} GB; heaviest page {packed / 1000:.0f} KB packed: {name}"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("ledger", type=Path, nargs="?")
    parser.add_argument("--shape", type=shape_of, default="100x20x1000")
    args = parser.parse_args()
    root, shape = args.ledger or Path(tempfile.mkdtemp()), args.shape
    if not (root / "results").is_dir():
        ledger.write(root, shape)
    timed(root, "first build or what was left to do")
    weigh(root / "_site")
    samples = ledger.stored_samples("toy_chartqa", shape)
    name = f"new/model-{int(time.time())}"
    ledger.write_run(root / "results", name, "toy_chartqa", samples, [0.6] * shape.samples, shape)
    timed(root, "after one new run")


if __name__ == "__main__":
    main()
