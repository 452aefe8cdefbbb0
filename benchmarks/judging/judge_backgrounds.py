"""Pairs of films of an object that moves: does the one with the background that stays the same get the higher value?

The rule of `vbench_background`: the mean cosine of the features of each frame with those before and with the first, by
a model `likeness/...`. In the other film of a pair the colour behind the object changes, or the things there do, and
all else is the same. In a third of the pairs both change, while in the first film the object changes: a model has to
look at the background. One whose features do not tell the films apart gets 50.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of(
    "judge_backgrounds", title="Judging backgrounds that stay the same", about=__doc__, each=20, seed=38
)
