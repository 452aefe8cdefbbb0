"""Photographs beside each other, right or wrong, and a judge's question about each: does the model see what they show?

Cats, cups of four colours and people, from four photographs (photos/SOURCES.md). The questions are those of `geneval`:
whether an object is there, how many, in which colour and where. Half of the pictures do not show what is asked. A model
that always says yes gets 50.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of("judge_photos", title="Judging photographs", about=__doc__, each=16, seed=41)
