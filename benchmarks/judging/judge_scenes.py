"""Scenes of eight objects, right or wrong, and a judge's question about each: does the model see which they are?

The questions are about single facts of a dense prompt, as in `dpg_bench`: an object, a number, a colour, a place, a
size, all objects of a kind. Half of the pictures do not show what is asked. A model that always says yes gets 50.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of("judge_scenes", title="Judging scenes", about=__doc__, each=20, seed=32)
