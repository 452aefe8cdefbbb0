"""Drawn scenes of simple objects, made anew for every season: counting, where things are, what hides what, what a sign
says, what is alike and what has changed in two pictures. Places are named by cell, so no model has to declare how it
writes coordinates."""

from mmeval.fresh import family
from mmeval.fresh.scenes import GENERATORS
from mmeval.fresh.seasons import current

season = family(
    "fresh_scenes", title="Fresh scenes", about=__doc__, generators=GENERATORS, chance=0.14,
)  # fmt: skip
benchmark = season(current())
