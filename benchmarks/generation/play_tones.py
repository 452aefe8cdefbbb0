"""Tones: are there as many as asked for, as high and as long as asked for?"""

from mmeval.generation import TASKS, benchmark_of

benchmark = benchmark_of(TASKS["play_tones"], title="Playing tones", about=__doc__, n=40, seed=21)
