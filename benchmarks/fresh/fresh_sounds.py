"""Drawn sounds, made anew for every season: in which order they come, how often one is heard, whether tones go up or
down, which tone is the highest, longest or loudest."""

from mmeval.fresh import family
from mmeval.fresh.seasons import current
from mmeval.fresh.sounds import GENERATORS

season = family(
    "fresh_sounds", title="Fresh sounds", about=__doc__, generators=GENERATORS, chance=0.13, audio="wav",
)  # fmt: skip
benchmark = season(current())
