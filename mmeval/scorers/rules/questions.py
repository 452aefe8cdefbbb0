"""Questions of people's own: each is scored by its kind, as mmeval reads it or as another harness would."""

from __future__ import annotations

from mmeval.scorers.base import Scorer
from mmeval.scorers.readers.brackets import bracketed_loose
from mmeval.scorers.routed import closed_number_or_text, routed
from mmeval.scorers.rules.choices import choice
from mmeval.scorers.rules.text import exact_text
from mmeval.scorers.rules.tolerance import numeric, relaxed

OTHERS = ("vlmevalkit-2026-08", "lmms-0.7.3")
"""Profiles of other harnesses that read all three kinds."""


def question() -> Scorer:
    """A question with options by its letter, one with a number as its target by that number, any other by its text.

    The profiles of other harnesses read options and texts as these do by default. Numbers are theirs of chart
    questions: within 5 % of the target.
    """
    loose = relaxed().rules
    number = Scorer(
        name="numeric",
        version=1,
        rules={"mmeval": numeric().rules["mmeval"], **{profile: loose[profile] for profile in OTHERS}},
    )
    kinds = {"closed": choice(lmms=bracketed_loose), "number": number, "text": exact_text()}
    return routed(kinds, by=closed_number_or_text)
