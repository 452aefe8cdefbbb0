"""Metrics: from the records of a run to its numbers, each with its interval."""

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
