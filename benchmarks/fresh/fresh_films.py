"""Drawn films of simple objects, made anew for every season: in which order things happen, where something moves, how
often it appears. The same frames in another order have another answer."""

from mmeval.fresh import family
from mmeval.fresh.films import GENERATORS
from mmeval.fresh.seasons import current

season = family(
    "fresh_films", title="Fresh films", about=__doc__, generators=GENERATORS, chance=0.12, video="frames=16",
)  # fmt: skip
benchmark = season(current())
