"""Picture puzzles that are drawn anew for every season. Each has one solution, five steps of difficulty and questions
that show whether the picture was understood."""

from mmeval.fresh import family
from mmeval.fresh.puzzles import GENERATORS
from mmeval.fresh.seasons import current

season = family(
    "fresh_puzzles", title="Fresh puzzles", about=__doc__, generators=GENERATORS, chance=0.15,
)  # fmt: skip
benchmark = season(current())
