"""A program that uses mmeval as a library; mypy checks it strictly, and a test runs it."""

from __future__ import annotations

import mmeval
from mmeval import Reply, Request, Text
from mmeval.scorers import exact_text


async def shout(request: Request) -> Reply:
    """Answer with the first line of the question, in capitals."""
    texts = [part.text for part in request.prompt if isinstance(part, Text)]
    return Reply(text=texts[0].splitlines()[0].upper(), finish="stop")


def main() -> tuple[mmeval.Runs, mmeval.Comparison]:
    """Run two models on rows in memory, and compare them."""
    rows: list[dict[str, object]] = [{"question": "yes", "answer": "YES"}, {"question": "no", "answer": "maybe"}]
    benchmark: mmeval.Benchmark = mmeval.benchmark(rows, name="words", score=exact_text())
    models: list[str | mmeval.ModelSpec] = ["mock/echo", mmeval.model(shout, version="1")]
    runs = mmeval.run(benchmark, models, progress=False, limit=2)
    best: mmeval.Run = max(runs, key=lambda run: run.info.metrics[run.info.primary_metric].value)
    assert best.info.status == "complete"
    scores: float = runs.to_dataframe()["score"].mean()
    assert 0 <= scores <= 1
    return runs, mmeval.compare(runs[0], runs[1:])
