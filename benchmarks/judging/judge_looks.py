"""Pairs of films of a photograph, once pale, in false colours or cut up: does the one as it was taken get more?

The rule of `vbench_aesthetic`: the mean rating of the frames, by a model `aesthetic/...`. Nobody can say by rule which
of two pictures looks better, but a model that prefers these has no sense of it. One that sees no difference gets 50.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of("judge_looks", title="Judging looks", about=__doc__, each=20, seed=43)
