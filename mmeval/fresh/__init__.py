"""Questions that are drawn anew for every season, and that show whether a model did not see or did not think.

A generator draws items: pictures, films or sounds with an exact answer, a step of difficulty, and perception questions.
A family of generators is a benchmark; `benchmarks/fresh/` has one file for each.
"""

from mmeval.fresh.family import family
from mmeval.fresh.items import STEPS, Generator, Item, Question, draw

__all__ = ["STEPS", "Generator", "Item", "Question", "draw", "family"]
