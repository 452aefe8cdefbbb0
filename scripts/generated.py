"""Parts of pages that scripts write, between two comments."""

from __future__ import annotations

from pathlib import Path


def page_with(page: Path, begin: str, end: str, made: str) -> str:
    """The text of a page with `made` between two lines, which stay."""
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    return f"{before}{begin}\n{made}\n{end}{rest.partition(end)[2]}"
