"""Charts that are drawn anew for every season. Questions range from reading one value to comparing series, five steps
of difficulty, with questions that show whether the chart was read."""

from mmeval.fresh import family
from mmeval.fresh.charts import GENERATORS
from mmeval.fresh.seasons import current

season = family(
    "fresh_charts", title="Fresh charts", about=__doc__, generators=GENERATORS, chance=0.11,
)  # fmt: skip
benchmark = season(current())
