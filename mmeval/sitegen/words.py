"""Messages for the scripts of a page."""

from __future__ import annotations

import json
from collections.abc import Iterable

from mmeval.board.vectors import OUTCOMES
from mmeval.sitegen.env import Language
from mmeval.sitegen.expected import NAMES

ASKED_AND_SAID = (
    "answer", "cached", "cut", "epoch", "image.alt", "made.absent", "made.image", "made.seed", "marks.key",
    "media.elsewhere", "media.seek", "media.wave", "media.withheld", "prompt", "question.options", "reasoning",
    "reply", "rule", "sample.withheld", "seen.alt", "seen.film", "seen.frames", "seen.some", "seen.sound", "target",
    "tokens", "tokens.both", "unparsed", "verdict", *(f"target.{name}" for name in NAMES),
)  # fmt: skip
"""Messages that question.js needs to draw what was asked and what was answered."""
REFERENCES = ("random", "majority", "blind", "human", "baseline")


def words(lang: Language, keys: Iterable[str]) -> str:
    """These messages, and the names of outcomes and references, as JSON for a data attribute."""
    every = [*keys, *(f"outcome.{code}" for code in OUTCOMES), *(f"ref.{name}" for name in REFERENCES)]
    return json.dumps({key: lang.messages[key] for key in every}, ensure_ascii=False, sort_keys=True)
