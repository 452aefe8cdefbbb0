"""Makes untrusted text safe to show: characters that could reorder, hide or break a page become visible."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

CLIP = 6000
"""Characters of one text that a page shows; the run folder has the rest."""

_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks, embeddings, overrides and isolates of direction
    "\u2028\u2029\ufeff\ufff9-\ufffb\ud800-\udfff]"  # separators, byte order mark, annotations, lone surrogates
)


def clean(text: str) -> str:
    """Replace invisible and direction-changing characters by their code points in brackets."""
    # nearly all texts, and all of them without any character of _ODD
    if text.isprintable() or text.replace("\n", "").isprintable():
        return text
    return _ODD.sub(_visible, text.replace("\r\n", "\n").replace("\r", "\n"))


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    # surrogateescape keeps an invalid byte of UTF-8 as U+DC80..U+DCFF
    return f"⟨0x{code - 0xDC00:02X}⟩" if 0xDC80 <= code <= 0xDCFF else f"⟨U+{code:04X}⟩"


def finalize(value: Any) -> Any:
    """Jinja's hook for every printed expression: all text on a page is cleaned."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return clean(value)


def fact_rows(pairs: Iterable[tuple[str, Any]]) -> Markup:
    """The known values of a list of facts by their names, addresses as links; a template takes ten times as long."""
    known = ((escape(finalize(name)), value) for name, value in pairs if value not in (None, ""))
    return Markup("".join(f"<dt>{name}</dt><dd>{_linked(value)}</dd>" for name, value in known))  # noqa: S704 - escaped


def _linked(value: Any) -> str:
    text = escape(finalize(value))
    if isinstance(value, str) and value.startswith(("https://", "http://")):
        return f'<a href="{text}" rel="nofollow noopener">{text}</a>'
    return text


def clip(text: str, limit: int = CLIP) -> tuple[str, int]:
    """The start of a text, cleaned, and the number of characters left out."""
    start = clean(text[:limit])
    return start[:limit], max(0, len(text) - limit)


@lru_cache(maxsize=8192)
def short(text: str, limit: int) -> str:
    """The start of a text, with an ellipsis if it was cut."""
    start, left = clip(text, limit)
    return f"{start}…" if left else start


def within(text: str, size: int) -> tuple[str, int]:
    """The start of a text that fits `size` bytes of UTF-8, and the number of characters left out."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= size:
        return text, 0
    start = raw[:size].decode("utf-8", "ignore")
    return start, len(text) - len(start)
