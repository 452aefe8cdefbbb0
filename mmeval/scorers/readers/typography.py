r"""Replies in plain typography, character for character, so that positions stay those of the reply.

`level` gives full-width letters, digits of other scripts, dashes, quotes and spaces the form that a keyboard has.
`bare` blanks what only sets a text: Markdown, LaTeX commands, HTML tags, and the rules of drawn tables.
"""

from __future__ import annotations

import functools
import re
import unicodedata

__all__ = ["ARROW", "bare", "level"]

ARROW = "→"
_SAME = (
    dict.fromkeys("’‘ʼ`´", "'")
    | dict.fromkeys("“”„«»〈〉《》「」", '"')
    | dict.fromkeys("⟶➜➔➝⇒⟹➡", ARROW)
    | dict.fromkeys("│┃║┆┊", "|")
    | {"、": ",", "。": ".", "٫": ".", "٬": ",", "،": ",", "٪": "%", "⁄": "/", "∶": ":", "−": "-", "≧": "≥"}
)
_LONG_ARROW = re.compile(r"[-=]{1,3}>")
_COMMAND = re.compile(
    r"\\(?:text(?:bf|it|tt|sf|rm|normal)?|math(?:rm|bf|it|sf|tt)|boldsymbol|operatorname|boxed|fbox|displaystyle|quad"
    r"|qquad|left|right|bf|rm|it)(?![A-Za-z])|(?<!\\)\\[()\[\]{},;:! ]"
)
_TO = re.compile(r"\\(?:long)?(?:rightarrow|Rightarrow|to)(?![A-Za-z])")
_MARKUP = re.compile(r"\*\*|__|```[a-z]{0,12}|`|</?[A-Za-z][^<>\n]{0,40}>|(?:^|(?<=\n))[ \t]{0,3}#{1,6}(?=[ \t])|[$]")
_RULE = re.compile(r"(?:^|(?<=\n))(?=[^\n]{0,400}[-=─━═])[ \t|+:=\-─-╿]{2,400}(?=\n|$)")


def level(text: str) -> str:
    """The text with each character as its plain form; of the same length."""
    if text.isascii() and "`" not in text:
        return text
    return "".join(map(_plain, text))


@functools.lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    if char == "`" or char.isascii():
        return char
    if char in _SAME:
        return _SAME[char]
    kind = unicodedata.category(char)
    if kind == "Nd":
        return str(unicodedata.decimal(char))
    if kind in ("Zs", "Cf", "Mn", "Me"):
        return " "
    folded = unicodedata.normalize("NFKC", char)
    return "-" if kind == "Pd" else folded if len(folded) == 1 and kind != "No" else char


def bare(text: str) -> str:
    """A levelled text without markup; of the same length."""
    said = _RULE.sub(_blank, text)
    said = _TO.sub(_arrow, _LONG_ARROW.sub(_arrow, said))
    return _MARKUP.sub(_blank, _COMMAND.sub(_blank, said))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _arrow(match: re.Match[str]) -> str:
    return ARROW + " " * (len(match[0]) - 1)
