"""Films of one dot: does it have the right colour, and does it go the right way?"""

from mmeval.generation import TASKS, benchmark_of

benchmark = benchmark_of(TASKS["move_dot"], title="Moving a dot", about=__doc__, n=30, seed=21)
