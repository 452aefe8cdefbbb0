"""Analog clocks: do the hands show the time that was asked for?"""

from mmeval.generation import TASKS, benchmark_of

benchmark = benchmark_of(TASKS["draw_clocks"], title="Drawing clocks", about=__doc__, n=60, seed=21)
