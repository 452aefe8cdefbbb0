"""Ten small benchmarks against the same samples in one: what the ends of benchmarks cost.

    python -m tests.perf.suite                     # 10 x 200 samples with images, 32 requests in flight
    python -m tests.perf.suite --parts 20 --n 4000 --in-flight 128

`asking` is the time from the first request to the last reply, `whole` that of the process. Both programs ask each
sample once; the ratio is that of the medians.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.perf.drawn import parquet
from tests.perf.measuring import HEAD, Command, Failed, Measured, measure, median, ours, provider


def parts(whole: Path, count: int) -> list[Path]:
    """The rows of a Parquet file dealt into `count` files, in their order."""
    import pyarrow.parquet as pq

    table = pq.read_table(whole)
    size = -(-table.num_rows // count)
    files = [whole.with_name(f"{whole.stem}-{count}-{number:02d}.parquet") for number in range(count)]
    for number, file in enumerate(files):
        if not file.exists():
            pq.write_table(table.slice(number * size, size), file)
    return files


def suite(command: Command, files: list[Path], data: Path) -> Command:
    """The same command with several files in place of one."""
    at = list(command.words).index(str(data))
    return replace(command, words=[*command.words[:at], *map(str, files), *command.words[at + 1 :]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", type=int, default=10)
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--delay", type=float, default=0.2)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "mmeval-perf")
    given = parser.parse_args()
    data = parquet(given.data / f"{given.n}.parquet", given.n)
    files = parts(data, given.parts)
    ideal = max(given.n * given.delay / given.in_flight, given.delay)
    found: dict[str, list[Measured]] = {"one": [], "suite": []}
    with tempfile.TemporaryDirectory() as scratch, provider(given.delay) as url:
        for _ in range(given.repeat):
            for label in found:
                command = ours("openai/m", f"{url}/v1", data, given.in_flight, Path(tempfile.mkdtemp(dir=scratch)))
                command = command if label == "one" else suite(command, files, data)
                found[label].append(measure(command, url, n=given.n, ideal=ideal, log=given.data / "log.txt"))
    one, many = median(found["one"]), median(found["suite"])
    print(f"program | {HEAD}")
    print(f"1 benchmark | {one}")
    print(f"{given.parts} benchmarks | {many}")
    print(f"ratio: asking {many.over_ideal / one.over_ideal:.3f}, whole {many.wall_s / one.wall_s:.3f}")


if __name__ == "__main__":
    try:
        main()
    except Failed as problem:
        raise SystemExit(str(problem)) from None
