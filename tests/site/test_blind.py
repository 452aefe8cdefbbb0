"""What seeing is worth: gain and leakage from blind runs, whichever way they were made."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mmeval import data
from mmeval.board.collect import collect
from mmeval.board.leakage import blind_gains
from mmeval.runner import Settings, run_one
from mmeval.sitegen.quality import needs_image


@pytest.mark.parametrize("blind", ["baseline/blind:mock/echo", "ablated"])
def test_gain_and_leakage(tmp_path: Path, blind: str):
    rows = [{"question": f"Which {n}?", "answer": "A" if n % 2 else "B", "options": ["x", "y"]} for n in range(4)]
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, rows)))
    benchmark = data.from_file(tmp_path / "q.jsonl")

    def settings(reply: str, ablate: str | None = None) -> Settings:
        options = {"reply": reply} if reply else {}
        return Settings(results=tmp_path / "results", cache_file=tmp_path / "c.sqlite", options=options, ablate=ablate)

    run_one(benchmark, "mock/echo", settings("A"))
    run_one(benchmark, "baseline/random", settings(""))
    if blind == "ablated":
        run_one(benchmark, "mock/echo", settings("A", "blind"))
    else:
        run_one(benchmark, blind, settings("A"))
    board = collect(tmp_path / "results")
    (column,) = board.columns
    (found,) = needs_image(blind_gains(column), column, board)
    chance = column.cells["baseline/random"].headline.value * 100
    assert (found["sighted"], found["blind"], found["gain"]["value"]) == (50.0, 50.0, 0.0)
    assert found["gain"]["low"] < 0 < found["gain"]["high"]
    assert found["leak"]["value"] == pytest.approx(50.0 - chance)
    errors = replace(column, card=replace(column.card, higher_is_better=False))
    (fewer,) = needs_image(blind_gains(errors), errors, board)
    leak = found["leak"]
    assert fewer["leak"] == pytest.approx({"value": -leak["value"], "low": -leak["high"], "high": -leak["low"]})
