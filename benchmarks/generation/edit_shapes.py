"""Pictures of coloured shapes and one change to each: is it made, and does everything else stay as it was?"""

from mmeval.generation import TASKS, benchmark_of

benchmark = benchmark_of(TASKS["edit_shapes"], title="Changing shapes", about=__doc__, n=80, seed=24)
