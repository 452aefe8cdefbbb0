"""Transcripts, prepared so that they can be compared: Whisper's basic normalisation, then words or characters."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, TypeAlias

__all__ = ["Unit", "plain", "units"]

Unit: TypeAlias = Literal["word", "character", "mixed"]
"""What is counted: words between spaces, characters without spaces, or Han characters and words of other scripts."""
_SAID_ASIDE = re.compile(r"[<\[][^>\]]{0,500}[>\]]|\([^)]{1,500}\)")
_MIXED = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]|[^\W\u3400-\u4dbf\u4e00-\u9fff]+")


def plain(text: str) -> str:
    """Lower case without what stands in brackets; marks, symbols and punctuation become spaces."""
    kept = unicodedata.normalize("NFKC", _SAID_ASIDE.sub("", text.lower()))
    spaced = "".join(" " if unicodedata.category(char)[0] in "MSP" else char for char in kept)
    return " ".join(spaced.lower().split())


def units(text: str, unit: str) -> list[str]:
    """The words or characters of a text after normalisation."""
    said = plain(text)
    if unit == "mixed":
        return _MIXED.findall(said)
    return list(said.replace(" ", "")) if unit == "character" else said.split()
