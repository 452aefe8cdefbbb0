"""Scorers: pure functions from (sample, reply) to a score, each with named profiles; and the metrics over them."""

from mmeval.scorers.base import Compare, Extract, Extraction, Grade, JudgeRule, Rule, Scorer, Staged
from mmeval.scorers.choices import choice
from mmeval.scorers.free import braced, contains, count, open_answer
from mmeval.scorers.grouping import accuracy
from mmeval.scorers.lists import relaxed_lists
from mmeval.scorers.mathematics import math_answer
from mmeval.scorers.routed import closed_or_open, routed
from mmeval.scorers.text import anls, exact_text
from mmeval.scorers.tolerance import numeric, relaxed
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
    "braced",
    "choice",
    "closed_or_open",
    "contains",
    "count",
    "exact_text",
    "math_answer",
    "numeric",
    "open_answer",
    "relaxed",
    "relaxed_lists",
    "routed",
    "vqa_accuracy",
    "yes_no",
]
