"""What the labelled slices say about judges whose answers are known, and about real ones.

    python -m tests.perf.judges [--judge transformers/demo-vlm] [--untrained] [--slice judge_objects] [--items 240]

`knows` gives every item its label, `yes` calls everything right and `no` everything wrong, and `tosses` is by chance.
Where choices are scored, they find the right answer likely or not in the same way. Only `knows` should agree with all
labels.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from mmeval.catalog import Catalog
from mmeval.definitions import Benchmark
from mmeval.engine.options import Settings
from mmeval.judging.measured import Measured, measured
from mmeval.judging.slices import SLICES
from mmeval.runner import run_one
from mmeval.scorers.judges.verdicts import HALF, RIGHT, WRONG
from mmeval.types import Reply, Row, Sample

CHANCE = {RIGHT: 0.9, HALF: 0.5, WRONG: 0.1}
FRAMES = 5
RATED = {"aesthetic", "before", "motion", "quality"}
"""What is asked of models that compare or rate images, and of no other."""


def answer(sample: Sample, p: float) -> str:
    """What a judge says that finds an item right with a chance; what is there, if that is the label."""
    target, said = sample.target["target"], sample.target["answer"]
    verdict = RIGHT if p > 0.5 else WRONG
    if said.startswith("{") and "objects" not in said:
        return marked(said, p)
    if verdict == sample.target["label"]:
        return said
    if "objects" in said:
        return json.dumps({"objects": found(target["objects"]["include"]) if verdict == RIGHT else []})
    if isinstance(target, str):
        return target if verdict == RIGHT else f"{target}S"
    wanted = target["questions"][0]["answer"]
    return wanted if verdict == RIGHT else "no" if wanted == "yes" else str(int(wanted) + 1)


def marked(said: str, p: float) -> str:
    """The first of some marks as such a judge gives it: one of two, or one of three if that is for consistency."""
    marks = json.loads(said)
    name = next(iter(marks))
    return json.dumps({**marks, name: int(p * (3 if name == "consistency" else 2))})


def found(things: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Detections that bear out what was asked for."""
    steps = {"left of": (-50, 0), "right of": (50, 0), "above": (0, -50), "below": (0, 50)}
    rows = []
    for one in things:
        x, y = steps.get(one.get("position", [""])[0], (0, 0))
        row = {"name": one["class"], "score": 0.99, "box": [x, y, x + 9, y + 9], "fits": one.get("color", "")}
        rows += [row] * one["count"]
    return rows


def scores(sample: Sample, p: float) -> tuple[float, ...]:
    """How likely, or how similar, such a judge finds the choices of an item."""
    choices = sample.choices
    if choices == ("before", "first"):
        return (1.0, 1.0) + (p, p) * (FRAMES - 1)
    if choices == ("motion",):
        return (0.0,) + (10 * p,) * (FRAMES - 1)
    if choices[1:] == ("highest",):
        highest = {"quality": 100.0, "aesthetic": 10.0}[choices[0]]
        return (highest * p, highest) * FRAMES
    if len(choices) == 1:
        return (p if sample.prompt[0].kind == "video" else 0.4 * p,)  # at 0.4 CLIPScore is at its highest
    asked = sample.target["target"]["questions"][0]["answer"]
    right = next((place for place, one in enumerate(choices) if one.lower() == asked), 0)
    others = (1 - p) / (len(choices) - 1) if {"yes", "no"} <= {*map(str.lower, choices)} or "10" in choices else 1e-9
    return tuple(math.log(p if place == right else others) for place in range(len(choices)))


def replied(sample: Sample, p: float) -> Reply:
    """The reply of such a judge."""
    if sample.choices:
        return Reply(text="", finish="stop", scores=scores(sample, p))
    return Reply(text=answer(sample, p), finish="stop")


JUDGES: dict[str, Callable[[Sample], float]] = {
    "knows": lambda sample: CHANCE[sample.target["label"]],
    "yes": lambda sample: CHANCE[RIGHT],
    "no": lambda sample: CHANCE[WRONG],
    "tosses": lambda sample: 1 - random.Random(sample.id).random(),
}


ADAPTER = """
from mmeval import Capabilities, Options
from tests.perf.judges import JUDGES, replied

class Adapter:
    capabilities = Capabilities(version="1", inputs=frozenset({"text", "image", "video", "audio"}), options=Options,
                                wants=frozenset({"text", "choice"}), cacheable=False)
    endpoint = "local"
    def __init__(self, model, options):
        self.finds = JUDGES[model]
    async def connect(self): ...
    async def close(self): ...
    def prepare(self, samples, write):
        self.samples = {sample.id: sample for sample in samples}
    async def ask(self, request, options):
        sample = self.samples[request.sample]
        return replied(sample, self.finds(sample))
"""


def drawn_once(name: str) -> Benchmark:
    """The benchmark of a slice, which draws each item for the first judge alone."""
    bench, kept = Catalog().benchmark(name), {}

    def to_sample(row: Row) -> Sample | None:
        if row["id"] not in kept:
            kept[row["id"]] = bench.to_sample(row)
        return kept[row["id"]]

    return replace(bench, to_sample=to_sample)


def asked(bench: Benchmark, model: str, settings: Settings) -> str:
    """What is found of a model on a slice, in a line."""
    run = run_one(bench, model, settings)
    found = measured(run)
    return line(found) if found else f"{bench.name:<26} {model:<24} {run.info.reason}"


def fits(name: str, judge: str) -> bool:
    """Whether a judge can give what the rule of a slice wants."""
    one, provider = SLICES[name], judge.partition("/")[0]
    adapter = Catalog().adapter(provider)
    capabilities, rates = adapter.capabilities, set(getattr(adapter, "choices", ()))
    shown = {"image"} if one.want == "video" else {one.want}
    if not shown <= capabilities.inputs or (one.profile == "detector") != (provider == "detector"):
        return False
    if not one.form.graded:
        return "text" in capabilities.wants
    bench = Catalog().benchmark(name)
    asked = {*bench.to_sample(next(iter(bench.data.rows()))).choices}
    if rates or asked & RATED:
        return asked <= rates
    return capabilities.scores == ("similarity" if one.form.paired else "likelihood")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--judge", action="append", default=[])
    parser.add_argument("--slice", action="append", choices=list(SLICES))
    parser.add_argument("--untrained", action="store_true", help="also an image encoder with random weights")
    given = parser.parse_args()
    shown = ("agree", "headline", "kappa", "false yes", "false no")
    print(f"{'slice':<26} {'judge':<24} {'n':>4}", *(f"{name:>9}" for name in shown), "unclear")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "adapters").mkdir()
        (Path(folder) / "adapters" / "known.py").write_text(ADAPTER)
        settings = Settings(limit=given.items, results=Path(folder), cache="off", path=(Path(folder),))
        real = [*given.judge, *([untrained(Path(folder) / "untrained")] if given.untrained else [])]
        for name in given.slice or SLICES:
            bench = drawn_once(name)
            for judge in JUDGES:
                print(asked(bench, f"known/{judge}", settings), flush=True)
            for judge in (one for one in real if fits(name, one)):
                print(asked(bench, judge, settings), flush=True)


def untrained(folder: Path) -> str:
    """A judge of features whose encoder, of the form of CLIP, has random weights."""
    from tests.local.test_similarity import built, clip

    built(clip, folder)
    return f"likeness/{folder}"


def line(one: Measured) -> str:
    numbers = {**one.numbers, "headline": one.headline}
    found = [numbers.get(key) for key in ("agree", "headline", "kappa", "false_yes", "false_no")]
    found[2] = numbers.get("weighted_kappa", found[2])
    shown = [" " * 9 if one is None else f"{one.value:9.3f}" for one in found]
    judge = one.judge if len(one.judge) < 24 else f"{one.judge.partition('/')[0]}/{Path(one.judge).name}"
    return " ".join((f"{one.slice:<26} {judge:<24} {one.n:4}", *shown, str(one.unclear or "")))


if __name__ == "__main__":
    main()
