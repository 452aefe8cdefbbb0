"""What the labelled slices say about judges whose answers are known, and about a real one.

    python -m tests.perf.judges [--judge transformers/demo-vlm] [--items 240]

`knows` answers as every item is labelled, `yes` says yes or the number that was asked for, or the text that was to be
written, `no` says the opposite, and `tosses` is either, by chance. Only the first should agree with all labels.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from mmeval.catalog import Catalog
from mmeval.engine.options import Settings
from mmeval.judging.measured import Measured, measured
from mmeval.judging.slices import SLICES
from mmeval.runner import run_one
from mmeval.types import Sample


def answer(sample: Sample, accepts: bool) -> str:
    """What a judge says that accepts an item, or refuses it; of what is there, if that is right."""
    target = sample.target["target"]
    if accepts == (sample.target["label"] == "right"):
        return sample.target["answer"]
    if isinstance(target, str):
        return target if accepts else f"{target}S"
    wanted = target["questions"][0]["answer"]
    return wanted if accepts else "no" if wanted == "yes" else str(int(wanted) + 1)


JUDGES: dict[str, Callable[[Sample], bool]] = {
    "knows": lambda sample: sample.target["label"] == "right",
    "yes": lambda sample: True,
    "no": lambda sample: False,
    "tosses": lambda sample: random.Random(sample.id).random() < 0.5,
}


ADAPTER = """
from mmeval import Capabilities, Options, Reply
from tests.perf.judges import JUDGES, answer

class Adapter:
    capabilities = Capabilities(version="1", inputs=frozenset({"text", "image", "video"}), options=Options,
                                cacheable=False)
    endpoint = "local"
    def __init__(self, model, options):
        self.accepts = JUDGES[model]
    async def connect(self): ...
    async def close(self): ...
    def prepare(self, samples):
        self.samples = {sample.id: sample for sample in samples}
    async def ask(self, request, options):
        sample = self.samples[request.sample]
        return Reply(text=answer(sample, self.accepts(sample)), finish="stop")
"""


def asked(name: str, model: str, settings: Settings) -> Measured:
    """A slice, answered by a model."""
    found = measured(run_one(Catalog().benchmark(name), model, settings))
    assert found is not None
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--judge", action="append", default=[])
    given = parser.parse_args()
    print(
        f"{'slice':<14} {'judge':<24} {'n':>4} {'agrees':>7} {'balanced':>9} {'kappa':>6} {'false yes':>10} {'false no':>9}"
    )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "adapters").mkdir()
        (Path(folder) / "adapters" / "known.py").write_text(ADAPTER)
        settings = Settings(limit=given.items, results=Path(folder), cache="off", path=(Path(folder),))
        for name in SLICES:
            for judge in [*(f"known/{one}" for one in JUDGES), *given.judge]:
                one = asked(name, judge, settings)
                yes, no = one.false_yes, one.false_no
                assert yes is not None
                assert no is not None
                print(
                    f"{name:<14} {judge:<24} {one.n:4} {one.agree.value:7.3f} {one.balanced.value:9.3f} "
                    f"{one.kappa.value:6.2f} {yes.value:10.3f} {no.value:9.3f}  {one.unclear} unclear"
                )


if __name__ == "__main__":
    main()
