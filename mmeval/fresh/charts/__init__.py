"""The generators of charts."""

from collections.abc import Sequence

from mmeval.fresh.charts.bars import Bars
from mmeval.fresh.charts.groups import Groups
from mmeval.fresh.charts.lines import Lines
from mmeval.fresh.charts.stacks import Stacks
from mmeval.fresh.items import Generator

__all__ = ["GENERATORS"]

GENERATORS: Sequence[Generator] = (Bars(), Groups(), Stacks(), Lines())
