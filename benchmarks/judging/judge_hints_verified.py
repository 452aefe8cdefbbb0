"""Pictures of what a prompt hints at, or not of all of it: does the model see which they are?

The rubric is that of `wise_verified`. The prompt hints at two things, such as "a cup in the colour of fresh grass". In
half of the pictures one of them is missing, or both. A model that always says yes gets 50.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of("judge_hints_verified", title="Judging hints, yes or no", about=__doc__, each=30, seed=36)
