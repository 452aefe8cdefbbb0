"""What a whole `mmeval run` costs, beside the least a program can do with the same SDK, in one session.

    python -m tests.perf                          # 2,000 questions with pictures, 32 / 128 / 512 in flight
    python -m tests.perf --client anthropic --in-flight 128 --repeat 3

The client is pinned to one core and the server to another, where there are two. `over ideal` is the time from
the first request to the last answer over samples x delay / in flight. Medians of the repeats.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.perf.drawn import parquet
from tests.perf.measuring import HEAD, Command, Failed, Measured, floor, measure, median, ours, provider

MODELS = {"openai": "openai/m", "anthropic": "anthropic/m", "gemini": "gemini/m"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--client", nargs="+", choices=tuple(MODELS), default=["openai"])
    parser.add_argument("--in-flight", nargs="+", type=int, default=[32, 128, 512])
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--delay", type=float, default=0.2)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "mmeval-perf")
    given = parser.parse_args()
    data = parquet(given.data / f"{given.n}.parquet", given.n)
    print(f"client | in flight | program | {HEAD}")
    with tempfile.TemporaryDirectory() as scratch, provider(given.delay) as url:
        for name in given.client:
            for in_flight in given.in_flight:
                compare(name, url, data, in_flight, given, Path(scratch))


def compare(name: str, url: str, data: Path, in_flight: int, given: argparse.Namespace, scratch: Path) -> None:
    ideal = max(given.n * given.delay / in_flight, given.delay)
    found: dict[str, list[Measured]] = {"floor": [], "mmeval": []}
    for _ in range(given.repeat):
        for label, command in commands(name, url, data, in_flight, scratch).items():
            found[label].append(measure(command, url, n=given.n, ideal=ideal, log=given.data / "log.txt"))
    least, whole = median(found["floor"]), median(found["mmeval"])
    for label, one in (("floor", least), ("mmeval", whole)):
        print(f"{name} | {in_flight} | {label} | {one}")
    print(f"{name} | {in_flight} | ratio | {whole.cpu_ms / least.cpu_ms:.2f} |  |  |  | ", flush=True)


def commands(name: str, url: str, data: Path, in_flight: int, scratch: Path) -> dict[str, Command]:
    base = f"{url}/v1" if name == "openai" else url
    return {
        "floor": floor(name, url, data, in_flight, scratch),
        "mmeval": ours(MODELS[name], base, data, in_flight, Path(tempfile.mkdtemp(dir=scratch))),
    }


if __name__ == "__main__":
    try:
        main()
    except Failed as problem:
        raise SystemExit(str(problem)) from None
