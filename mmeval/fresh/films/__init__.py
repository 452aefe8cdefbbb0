"""The generators of drawn films."""

from collections.abc import Sequence

from mmeval.fresh.films.flashes import Flashes
from mmeval.fresh.films.order import Order
from mmeval.fresh.films.ways import Ways
from mmeval.fresh.items import Generator

__all__ = ["GENERATORS"]

GENERATORS: Sequence[Generator] = (Order(), Ways(), Flashes())
