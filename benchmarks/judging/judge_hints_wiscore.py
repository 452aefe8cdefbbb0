"""Pictures of what a prompt hints at, of half of it, or of none: which mark for consistency does the model give?

The rubric is that of `wise`. The prompt hints at two things, such as "a cup in the colour of fresh grass": both are
there (mark 2), one of them (1), or two others instead (0). The marks for realism and aesthetics do not count here: what
is drawn by a program has no right ones. A model that always gives the same mark gets 33.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of("judge_hints_wiscore", title="Judging hints, by marks", about=__doc__, each=20, seed=35)
