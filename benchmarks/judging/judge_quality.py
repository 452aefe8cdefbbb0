"""Pairs of the same film, once blurred, noisy or blocky: does the one without the defect get the higher value?

The rule of `vbench_imaging`: the mean rating of the frames, by a model `quality/...`. A model that does not see the
defects gets 50.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of("judge_quality", title="Judging sharpness and noise", about=__doc__, each=20, seed=41)
