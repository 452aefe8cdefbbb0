"""Metrics compute the numbers of a run from its records, each with a confidence interval."""

from mmeval.metrics.aggregates import accuracy, binary, circular, hallusion_accuracy, mme_score, pairs, simpleqa_f1
from mmeval.metrics.base import Aggregate, Metric

__all__ = [
    "Aggregate",
    "Metric",
    "accuracy",
    "binary",
    "circular",
    "hallusion_accuracy",
    "mme_score",
    "pairs",
    "simpleqa_f1",
]
