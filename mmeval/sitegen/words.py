"""Messages for the scripts of a page."""

from __future__ import annotations

import json
from collections.abc import Iterable

from mmeval.board.vectors import OUTCOMES
from mmeval.sitegen.env import Language

REFERENCES = ("random", "majority", "blind", "human", "baseline")


def words(lang: Language, keys: Iterable[str]) -> str:
    """These messages, and the names of outcomes and references, as JSON for a data attribute."""
    every = [*keys, *(f"outcome.{code}" for code in OUTCOMES), *(f"ref.{name}" for name in REFERENCES)]
    return json.dumps({key: lang.messages[key] for key in every}, ensure_ascii=False, sort_keys=True)
