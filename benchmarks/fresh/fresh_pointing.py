"""Pointing with coordinates at objects of drawn scenes, made anew for every season. A model declares how it writes
coordinates; `fresh_scenes` asks the same questions with the cells of a grid."""

from mmeval.fresh import family
from mmeval.fresh.scenes import WITH_COORDINATES
from mmeval.fresh.scoring import WITH_POINTS
from mmeval.fresh.seasons import current

season = family(
    "fresh_pointing", title="Fresh pointing", about=__doc__, generators=WITH_COORDINATES, chance=0.01,
    rules=WITH_POINTS,
)  # fmt: skip
benchmark = season(current())
