"""How much of a provider's rate limit is used? The provider answers 429 beyond so many requests per second.

python -m tests.perf.rate_limit [--per-second 20 80 300] [--seconds 60]

Runs mmeval with default settings through OpenAI's SDK. *used* is the rate of answers in the second half of the run, as a
share of the allowed rate. *rejected* is a share of all requests, slow start included. Required: at least 95 % used,
less than 2 % rejected.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from tests.perf.measuring import provider, stats
from tests.perf.storm import questions, run


def answered(home: Path) -> list[float]:
    """When the answers came, sorted; seconds."""
    journal = next((home / "results").rglob("records.jsonl"))
    return sorted(json.loads(line)["at"] for line in journal.read_text(encoding="utf-8").splitlines())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per-second", nargs="+", type=int, default=[20, 80, 300])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--delay", type=float, default=0.5)
    given = parser.parse_args()
    print("allowed per second | samples | used | rejected | cuts | seconds")
    for rate in given.per_second:
        n = rate * given.seconds
        with tempfile.TemporaryDirectory() as home, provider(given.delay, "--per-second", str(rate)) as url:
            seconds, info = run(f"{url}/v1", questions(Path(home) / "questions.jsonl", n), None, Path(home))
            seen, times = stats(url), answered(Path(home))
        half = times[len(times) // 2 :]
        used = (len(half) - 1) / (half[-1] - half[0]) / rate
        share = seen["rejected"] / seen["requests"]
        print(f"{rate} | {n} | {used:.3f} | {share:.4f} | {info['throttle']['cuts']} | {seconds:.1f}", flush=True)


if __name__ == "__main__":
    main()
