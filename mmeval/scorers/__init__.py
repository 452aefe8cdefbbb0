"""Scorers: pure functions from (sample, reply) to a score, each with named profiles."""

from mmeval.scorers.base import Compare, Extract, Extraction, Grade, JudgeRule, Rule, Scorer, Staged
from mmeval.scorers.coordinates import Convention
from mmeval.scorers.judges.constraints import constrained
from mmeval.scorers.judges.detections import geneval
from mmeval.scorers.judges.extraction import extracted_answer, judged_choice
from mmeval.scorers.judges.frames import clip_score, frames_alike, frames_like, frames_rated
from mmeval.scorers.judges.likely import bindings, soft_tifa
from mmeval.scorers.judges.making import questions_about, spoken, vqa_score, written
from mmeval.scorers.judges.pairwise import pairwise
from mmeval.scorers.judges.ratings import instructed, truthful
from mmeval.scorers.judges.rubrics import (
    attempted,
    chart_judged,
    correctness,
    explained_yes_no,
    graded,
    judged_option,
    letter_set,
    math_judged,
    tagged_judged,
)
from mmeval.scorers.judges.scales import wise
from mmeval.scorers.judges.verdicts import verdicts
from mmeval.scorers.routed import closed_or_open, routed
from mmeval.scorers.rules.choices import choice
from mmeval.scorers.rules.documents import document_answer
from mmeval.scorers.rules.films import caption_choice, interval, relative_accuracy, token_choice, word_choice
from mmeval.scorers.rules.free import braced, contains, count, open_answer
from mmeval.scorers.rules.likelihood import best_choice, matched, ranked
from mmeval.scorers.rules.lists import relaxed_lists
from mmeval.scorers.rules.mathematics import math_answer
from mmeval.scorers.rules.ocr import ocr_task
from mmeval.scorers.rules.pages import page_elements
from mmeval.scorers.rules.phrase import phrase
from mmeval.scorers.rules.places import box, point, points
from mmeval.scorers.rules.questions import question
from mmeval.scorers.rules.short import drawn_answer, short_answer
from mmeval.scorers.rules.speech import speech_errors
from mmeval.scorers.rules.tables import table_match
from mmeval.scorers.rules.text import anls, exact_text
from mmeval.scorers.rules.tolerance import numeric, relaxed
from mmeval.scorers.rules.vqa import vqa_accuracy
from mmeval.scorers.rules.words import covered, overlap, transcript, within
from mmeval.scorers.rules.yesno import yes_no

__all__ = [
    "Compare",
    "Convention",
    "Extract",
    "Extraction",
    "Grade",
    "JudgeRule",
    "Rule",
    "Scorer",
    "Staged",
    "anls",
    "attempted",
    "best_choice",
    "bindings",
    "box",
    "braced",
    "caption_choice",
    "chart_judged",
    "choice",
    "clip_score",
    "closed_or_open",
    "constrained",
    "contains",
    "correctness",
    "count",
    "covered",
    "document_answer",
    "drawn_answer",
    "exact_text",
    "explained_yes_no",
    "extracted_answer",
    "frames_alike",
    "frames_like",
    "frames_rated",
    "geneval",
    "graded",
    "instructed",
    "interval",
    "judged_choice",
    "judged_option",
    "letter_set",
    "matched",
    "math_answer",
    "math_judged",
    "numeric",
    "ocr_task",
    "open_answer",
    "overlap",
    "page_elements",
    "pairwise",
    "phrase",
    "point",
    "points",
    "question",
    "questions_about",
    "ranked",
    "relative_accuracy",
    "relaxed",
    "relaxed_lists",
    "routed",
    "short_answer",
    "soft_tifa",
    "speech_errors",
    "spoken",
    "table_match",
    "tagged_judged",
    "token_choice",
    "transcript",
    "truthful",
    "verdicts",
    "vqa_accuracy",
    "vqa_score",
    "wise",
    "within",
    "word_choice",
    "written",
    "yes_no",
]
