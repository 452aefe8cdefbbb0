"""Scorers: pure functions from (sample, reply) to a score, each with named profiles; and the metrics over them."""

from mmeval.scorers.base import Compare, Extract, Extraction, Grade, JudgeRule, Rule, Scorer, Staged
from mmeval.scorers.choices import choice
from mmeval.scorers.extraction import extracted_answer, judged_choice
from mmeval.scorers.free import braced, contains, count, open_answer
from mmeval.scorers.grouping import accuracy, attempts, binary, circular, consistency, paired_images, pairs
from mmeval.scorers.judges import (
    attempted,
    chart_judged,
    correctness,
    explained_yes_no,
    graded,
    letter_set,
    math_judged,
    tagged_judged,
)
from mmeval.scorers.lists import relaxed_lists
from mmeval.scorers.mathematics import math_answer
from mmeval.scorers.pairwise import pairwise
from mmeval.scorers.phrase import phrase
from mmeval.scorers.routed import closed_or_open, routed
from mmeval.scorers.tables import table_match
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
    "attempted",
    "attempts",
    "binary",
    "braced",
    "chart_judged",
    "choice",
    "circular",
    "closed_or_open",
    "consistency",
    "contains",
    "correctness",
    "count",
    "exact_text",
    "explained_yes_no",
    "extracted_answer",
    "graded",
    "judged_choice",
    "letter_set",
    "math_answer",
    "math_judged",
    "numeric",
    "open_answer",
    "paired_images",
    "pairs",
    "pairwise",
    "phrase",
    "relaxed",
    "relaxed_lists",
    "routed",
    "table_match",
    "tagged_judged",
    "vqa_accuracy",
    "yes_no",
]
