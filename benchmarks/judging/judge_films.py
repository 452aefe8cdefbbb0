"""Films of a moving dot, right or wrong, and a judge's question about each: does the model see what happens?

The judge sees eight frames, as in every judged benchmark of films. Half of the films do not show what is asked. A model
that always says yes gets 50.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of("judge_films", title="Judging films", about=__doc__, each=16, seed=34)
