"""Bar charts: are there as many bars as asked for, in the right colours and proportions?"""

from mmeval.generation import TASKS, benchmark_of

benchmark = benchmark_of(TASKS["draw_bars"], title="Drawing bar charts", about=__doc__, n=60, seed=21)
