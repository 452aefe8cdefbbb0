r"""Tables and grids that a reply draws: with blanks, commas, `|`, box characters, Markdown, LaTeX or nested lists.

table  = head? (label? field+)+            every row with as many fields; a head has the letters A, B, ...
grid   = head (row number, mark+)+         marks are of two kinds, one of which stands for an empty cell
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

__all__ = ["marked", "table"]

EMPTY = frozenset((*".-_0·○□☐◯⬜∙⋅", ""))
"""Marks that stand for an empty cell."""
MOST = 60
"""Rows that are looked at."""
_LATEX = re.compile(r"\\(?:begin|end)\s?\{[a-z]{1,12}\}(?:\{[clr|]{1,40}\})?")
_BREAK = re.compile(r"\\\\|\]\s{0,4},\s{0,8}(?=\[)")
_WRAP = re.compile(r"[\[\](){}\"'*]")
_LABEL = re.compile(r"^\s{0,8}(?:(?:row\s?)?[0-9]{1,2}(?:\s?[:.)]|(?=\s)|$)|[-*•](?=\s))", re.IGNORECASE)


def table(text: str, read: Callable[[str], Sequence[str] | None]) -> list[Sequence[str]] | None:
    """The last rows of a text; None if there are fewer than two, or they differ in length.

    Args:
        text: without markup.
        read: the words that a text consists of, or None.
    """
    rows: list[Sequence[str]] = []
    for line in reversed(_lines(text)):
        fields = _fields(line)
        found = None if _is_head(fields) and not all(map(read, fields)) else _row(line, read)
        if found is None:
            if line.strip().lower() in ("or", "or:"):
                return None
            break
        rows.insert(0, found)
    return rows if len(rows) > 1 and len({len(row) for row in rows}) == 1 else None


def marked(text: str) -> Sequence[str]:
    """The cells that the last grid of a text marks; none if it is no whole grid."""
    rows = [_fields(line) for line in _lines(text)]
    heads = [at for at, fields in enumerate(rows) if _is_head(fields)]
    if not heads:
        return ()
    columns, body = [field for field in rows[heads[-1]] if field], rows[heads[-1] + 1 :]
    marks = {fields[0]: fields[1:] for fields in body}
    whole = list(marks) == [str(row + 1) for row in range(len(body))] and len(body) > 1
    kinds = {mark for each in marks.values() for mark in each}
    full = kinds - EMPTY
    if (
        not whole
        or any(len(each) != len(columns) for each in marks.values())
        or len(full) != 1
        or len(kinds - full) != 1
    ):
        return ()
    return [
        column + row for row, each in marks.items() for column, mark in zip(columns, each, strict=True) if mark in full
    ]


def _lines(text: str) -> list[str]:
    """The lines that hold something, at most the last MOST."""
    said = _BREAK.sub("\n", _LATEX.sub(" ", text)).replace("&", "|")
    if "\n" not in said.strip():
        said = re.sub(r"[;/]", "\n", said)
    return [line for line in said.splitlines() if line.strip()][-MOST:]


def _row(line: str, read: Callable[[str], Sequence[str] | None]) -> Sequence[str] | None:
    """The words of a line, without what numbers it."""
    if "|" not in line:
        return read(_LABEL.sub("", _WRAP.sub(" ", line), count=1)) or None
    first, *rest = _fields(line)
    fields = rest if rest and (not first or (_LABEL.fullmatch(first) and not read(first))) else [first, *rest]
    found = [read(field) for field in fields]
    return (
        [word for words in found for word in words or ()] if all(words and len(words) == 1 for words in found) else None
    )


def _fields(line: str) -> list[str]:
    said = line.strip()
    if "|" in said:
        inner = said.removeprefix("|")
        return [field.strip() for field in inner.removesuffix("|").split("|")]
    return [field for field in re.split(r"[\s,]+", said) if field]


def _is_head(fields: Sequence[str]) -> bool:
    """Whether the fields are the letters A, B, ..."""
    names = "".join(field if len(field) < 2 else "?" for field in fields)
    return len(names) > 1 and "ABCDEFGHIJKLMNOPQRSTUVWXYZ".startswith(names)
