"""Scorers: pure functions from (sample, reply) to a score, each with named profiles."""

from mmeval.scorers.base import JudgeRule, Rule, Scorer

__all__ = ["JudgeRule", "Rule", "Scorer"]
