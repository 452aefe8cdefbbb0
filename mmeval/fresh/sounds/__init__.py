"""The generators of drawn sounds."""

from collections.abc import Sequence

from mmeval.fresh.items import Generator
from mmeval.fresh.sounds.beats import Beats
from mmeval.fresh.sounds.calls import Calls
from mmeval.fresh.sounds.glides import Glides
from mmeval.fresh.sounds.ranks import Ranks

__all__ = ["GENERATORS"]

GENERATORS: Sequence[Generator] = (Calls(), Beats(), Glides(), Ranks())
