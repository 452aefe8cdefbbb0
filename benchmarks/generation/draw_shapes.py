"""Coloured shapes: are there as many as asked for, in the right colours, and where they should stand?"""

from mmeval.generation import TASKS, benchmark_of

benchmark = benchmark_of(TASKS["draw_shapes"], title="Drawing shapes", about=__doc__, n=120, seed=21)
