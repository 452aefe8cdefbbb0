"""The readings of benchmarks about films, as their authors publish them."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["first_capital"]

_LEADS = re.compile("The best answer is|The correct answer is|The answer is|The answer")


def first_capital(text: str, options: Mapping[str, str]) -> str | None:
    """Video-MME's own: without four lead-ins, the first capital A to D anywhere."""
    del options
    found = re.search("[A-D]", _LEADS.sub("", text.strip()))
    return found[0] if found else None
