"""Pairs of films of an object that moves: does the one in which it stays the same get the higher value?

The rule of `vbench_subject`: the mean cosine of the features of each frame with those before and with the first, by a
model `likeness/...`. In the other film of a pair the object changes its colour or its form, and all else is the same.
In a third of the pairs it changes both, while in the first film the background changes: a model has to look at the
object. One whose features do not tell the films apart gets 50.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of("judge_subjects", title="Judging subjects that stay the same", about=__doc__, each=20, seed=37)
