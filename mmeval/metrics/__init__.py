"""Metrics compute the numbers of a run from its records, each with a confidence interval."""

from mmeval.metrics.aggregates import accuracy, binary, circular, hallusion_accuracy, mme_score, pairs, simpleqa_f1
from mmeval.metrics.answers import answered_f1, with_answers
from mmeval.metrics.base import Aggregate, Metric
from mmeval.metrics.concordance import concordance
from mmeval.metrics.facts import with_facts
from mmeval.metrics.groups import grouped
from mmeval.metrics.matching import matching
from mmeval.metrics.pages import page_parts
from mmeval.metrics.ranked import in_top_five
from mmeval.metrics.speech import error_rate, with_own_errors
from mmeval.metrics.understanding import understood_and_solved
from mmeval.metrics.variants import in_every_rotation, over_prompts

__all__ = [
    "Aggregate",
    "Metric",
    "accuracy",
    "answered_f1",
    "binary",
    "circular",
    "concordance",
    "error_rate",
    "grouped",
    "hallusion_accuracy",
    "in_every_rotation",
    "in_top_five",
    "matching",
    "mme_score",
    "over_prompts",
    "page_parts",
    "pairs",
    "simpleqa_f1",
    "understood_and_solved",
    "with_answers",
    "with_facts",
    "with_own_errors",
]
