"""Pairs of films of an object: is the one in which it moves found to move, and the other not?

The rule of `vbench_dynamic`, by a model `flow/...`. In one film of a pair the object moves by about 12 pixels from
frame to frame, in the other it stands still or creeps by 2. A model that finds everything or nothing to move gets 50.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of("judge_motion", title="Judging motion", about=__doc__, each=20, seed=40)
