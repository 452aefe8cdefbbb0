"""What the labelled slices say about judges whose answers are known, and about real ones.

    python -m tests.perf.judges [--judge transformers/demo-vlm] [--slice judge_objects] [--items 240]

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
from pathlib import Path

from mmeval.catalog import Catalog
from mmeval.engine.options import Settings
from mmeval.judging.measured import Measured, measured
from mmeval.judging.slices import SLICES
from mmeval.runner import run_one
from mmeval.scorers.judges.verdicts import HALF, RIGHT, WRONG
from mmeval.types import Reply, Sample

CHANCE = {RIGHT: 0.9, HALF: 0.5, WRONG: 0.1}
FRAMES = 5


def answer(sample: Sample, p: float) -> str:
    """What a judge says that finds an item right with a chance; what is there, if that is the label."""
    target, verdict = sample.target["target"], RIGHT if p > 0.5 else WRONG
    if verdict == sample.target["label"]:
        return sample.target["answer"]
    if isinstance(target, str):
        return target if verdict == RIGHT else f"{target}S"
    wanted = target["questions"][0]["answer"]
    return wanted if verdict == RIGHT else "no" if wanted == "yes" else str(int(wanted) + 1)


def scores(sample: Sample, p: float) -> tuple[float, ...]:
    """How likely, or how similar, such a judge finds the choices of an item."""
    choices = sample.choices
    if choices == ("before", "first"):
        return (1.0, 1.0) + (p, p) * (FRAMES - 1)
    if len(choices) == 1:
        return (0.4 * p,)  # CLIPScore is at its highest there
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
    capabilities = Capabilities(version="1", inputs=frozenset({"text", "image", "video"}), options=Options,
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


def asked(name: str, model: str, settings: Settings) -> Measured:
    """A slice, answered by a model."""
    found = measured(run_one(Catalog().benchmark(name), model, settings))
    assert found is not None
    return found


COLUMNS = ("agree", "balanced", "auc", "ordered", "kappa", "weighted_kappa", "false_yes", "false_no")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--judge", action="append", default=[])
    parser.add_argument("--judge-options", default="{}", help="JSON, of the judges given")
    parser.add_argument("--slice", action="append", choices=list(SLICES))
    given = parser.parse_args()
    print(f"{'slice':<26} {'judge':<24} {'n':>4}", *(f"{name:>14}" for name in COLUMNS), "unclear")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "adapters").mkdir()
        (Path(folder) / "adapters" / "known.py").write_text(ADAPTER)
        settings = Settings(limit=given.items, results=Path(folder), cache="off", path=(Path(folder),))
        real = settings.model_copy(update={"options": json.loads(given.judge_options)})
        for name in given.slice or SLICES:
            for judge in JUDGES:
                print(line(asked(name, f"known/{judge}", settings)))
            for judge in given.judge:
                print(line(asked(name, judge, real)))


def line(one: Measured) -> str:
    shown = [f"{one.numbers[key].value:14.3f}" if key in one.numbers else " " * 14 for key in COLUMNS]
    return " ".join((f"{one.slice:<26} {one.judge:<24} {one.n:4}", *shown, str(one.unclear)))


if __name__ == "__main__":
    main()
