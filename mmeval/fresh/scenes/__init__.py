"""The generators of drawn scenes."""

from collections.abc import Sequence

from mmeval.fresh.items import Generator
from mmeval.fresh.scenes.binding import Binding
from mmeval.fresh.scenes.changes import Changes
from mmeval.fresh.scenes.counting import Counting
from mmeval.fresh.scenes.overlaps import Overlaps
from mmeval.fresh.scenes.pairs import Pairs
from mmeval.fresh.scenes.pointing import Pointing, Points
from mmeval.fresh.scenes.relations import Relations
from mmeval.fresh.scenes.search import Search
from mmeval.fresh.scenes.signs import Signs

__all__ = ["GENERATORS", "WITH_COORDINATES"]

GENERATORS: Sequence[Generator] = (
    Counting(), Relations(), Binding(), Overlaps(), Signs(), Pairs(), Search(), Pointing(), Changes(),
)  # fmt: skip
WITH_COORDINATES: Sequence[Generator] = (Points(),)
"""Those whose answers are coordinates, which a model has to declare."""
