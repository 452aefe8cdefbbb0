"""Pictures of few objects, right or wrong, and a judge's question about each: does the model see which they are?

The questions are those of `geneval`: whether an object is there, how many, in which colour and where. Half of the
pictures do not show what is asked. A model that always says yes gets 50.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of("judge_objects", title="Judging objects", about=__doc__, each=20, seed=31)
