"""Scorers: pure functions from (sample, reply) to a score, each with named profiles; and the metrics over them."""

from mmeval.scorers.base import Compare, Extract, Extraction, Grade, JudgeRule, Rule, Scorer, Staged
from mmeval.scorers.choice import choice
from mmeval.scorers.grouping import accuracy
from mmeval.scorers.numeric import numeric, relaxed
from mmeval.scorers.text import anls, exact_text
from mmeval.scorers.vqa import vqa_accuracy
from mmeval.scorers.yesno import yes_no

__all__ = [
    "Compare",
    "Extract",
    "Extraction",
    "Grade",
    "JudgeRule",
    "Rule",
    "Scorer",
    "Staged",
    "accuracy",
    "anls",
    "choice",
    "exact_text",
    "numeric",
    "relaxed",
    "vqa_accuracy",
    "yes_no",
]
