"""`python -m tests.perf.judge_labels`: how often the corrected intervals of a judged mean contain the true mean."""

from __future__ import annotations

import numpy as np

from mmeval.stats.ppi import prediction_powered, rogan_gladen

CELLS = [
    (labels, mean, sensitivity, specificity)
    for labels in (20, 50, 200)
    for mean in (0.5, 0.9)
    for sensitivity, specificity in ((1.0, 1.0), (0.98, 0.98), (0.9, 0.8))
]
RUNS, REST = 2000, 1000


def covered(labels: int, mean: float, sensitivity: float, specificity: float) -> tuple[float, float, float, float]:
    """Coverage and mean width of both intervals; runs in which the second does not exist are left out of it."""
    draw = np.random.default_rng(labels)
    found: list[tuple[bool, float]] = []
    other: list[tuple[bool, float]] = []
    for _ in range(RUNS):
        y = draw.random(labels + REST) < mean
        f = np.where(y, draw.random(len(y)) < sensitivity, draw.random(len(y)) >= specificity)
        human, judged, rest = y[:labels], f[:labels], f[labels:]
        one = prediction_powered(human.astype(float), judged.astype(float), rest.astype(float))
        found.append((one.low <= mean <= one.high, one.high - one.low))
        two = rogan_gladen(
            float(rest.mean()), REST, hits=int((human & judged).sum()), right=int(human.sum()),
            rejections=int((~human & ~judged).sum()), wrong=int((~human).sum()),
        )  # fmt: skip
        if two:
            other.append((two.low <= mean <= two.high, two.high - two.low))
    return tuple(float(x) for side in (found, other) for x in np.mean(side, axis=0))  # type: ignore[return-value]


def main() -> None:
    print("labels  mean  sensitivity  specificity |  ppi++  width | rogan-gladen  width")
    for cell in CELLS:
        first, width, second, wide = covered(*cell)
        print("{:6}  {:4}  {:11}  {:11}".format(*cell), f"| {first:6.1%}  {width:.3f} | {second:12.1%}  {wide:.3f}")


if __name__ == "__main__":
    main()
