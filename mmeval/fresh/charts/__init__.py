"""The generators of charts."""

from collections.abc import Sequence

from mmeval.fresh.charts.bars import Bars
from mmeval.fresh.charts.boxplots import Boxplots
from mmeval.fresh.charts.dual import Dual
from mmeval.fresh.charts.groups import Groups
from mmeval.fresh.charts.heatmaps import Heatmaps
from mmeval.fresh.charts.lines import Lines
from mmeval.fresh.charts.pies import Pies
from mmeval.fresh.charts.scatters import Scatters
from mmeval.fresh.charts.stacks import Stacks
from mmeval.fresh.charts.tables import Tables
from mmeval.fresh.items import Generator

__all__ = ["GENERATORS"]

GENERATORS: Sequence[Generator] = (
    Bars(), Groups(), Stacks(), Lines(), Scatters(), Pies(), Heatmaps(), Boxplots(), Dual(), Tables(),
)  # fmt: skip
