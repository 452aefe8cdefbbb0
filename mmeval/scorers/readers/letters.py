"""mmeval's own reading of a multiple-choice reply: declared answer, bare letter, option text, last valid option.

It never picks a random letter, and never reads the article "a" or the pronoun "I" as an option. A reply that names
several options together ("A or B"), or none, is unparsed.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from mmeval.scorers.base import Extraction
from mmeval.scorers.readers.declared import declarations

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WINDOW = 20_000
"""Number of characters searched for the last option (at the end) and for other letters after a leading one."""
_OPEN = r"[\s*_`\"'“‘$(\[{<]{0,8}(?:\\(?:boxed|text|textbf|mathbf|mathrm|rm)\s?\{[\s*(]{0,3}){0,2}"
_NOUN = r"(?:(?:the\s|is\s|option|choice|letter|answer)[\s:*(]{1,4}){0,2}"
_HEAD = re.compile(
    rf"{_OPEN}{_NOUN}{_OPEN}(?P<letter>[A-Za-z])(?![\w'’])(?P<close>[\s*_`\"'”’)\]}}>.,:;!?$\\]{{0,8}})", re.IGNORECASE
)
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_BARE = re.compile(
    r"[\s*_`\"'(\[{<$#]{0,6}(?:(?i:option|choice)[\s*_`\"'(\[{]{1,4})?(?P<letter>[A-Za-z])[\s*_`\"')\]}>.,:;!?$]{0,6}"
)
_TOKEN = re.compile(r"(?<![\w'’\\])(?P<letter>[A-Z])(?![\w'’])")
_JOINED = re.compile(r"[\s*_`)\].,]{0,4}(?:\b(?:or|and|nor)\b|[/,&])[\s*_`(\[]{0,4}(?:option\s)?(?:[A-Z])(?![\w'’])")
_DENIED = re.compile(
    r"(?:\bnot|n't|\bneither|\bnor|rather than|instead of|\beliminate|\bexclude)\s(?:option\s)?[(*]{0,3}$",
    re.IGNORECASE,
)
_AFTER_LETTER = ("because", "since", "as", "and", "is", "with", "due", "for", "based", "which", "given", "from", "in")
_DENIAL = re.compile(r"\b(?:not|neither|nor|none|cannot)\b|n['’]t\b")
SHORT = 300
"""Maximum length of a reply in which an option's text may occur anywhere."""
_MARKS = '*_`)]}.,:;!?$"”'
_TRIM = " \t\r\n.,;:!?*_`\"'“”‘’()[]{}$"


def read_letter(text: str, letters: str, texts: Sequence[str] = ()) -> Extraction:
    """Find the option that a reply names.

    Args:
        text: the reply without its reasoning.
        letters: the valid option letters, in order.
        texts: the option texts in the same order, or empty.
    """
    bare = _BARE.fullmatch(text.translate(_HALF)) if len(text) <= 40 else None
    if bare and bare["letter"].upper() in letters:
        return Extraction(bare["letter"].upper(), "bare", bare.span("letter"))
    folded = _folded(tuple(texts))
    for place in declarations(text):
        found = _read_place(text, place.start, place.end, letters, folded)
        if found is not None:
            letter, span = found
            return Extraction(letter, place.rule, span)
    found_last = _by_text(text, letters, folded) or _head(text, letters, folded) or _last(text, letters)
    return found_last or _by_phrase(text, letters, folded) or Extraction(None, "unparsed")


@functools.lru_cache(maxsize=1024)
def _folded(texts: tuple[str, ...]) -> list[str]:
    return [_fold(option) for option in texts]


def _fold(text: str) -> str:
    return " ".join(str(text).strip(_TRIM).casefold().split())


def _read_place(
    text: str, start: int, end: int, letters: str, folded: Sequence[str]
) -> tuple[str, tuple[int, int]] | None:
    """The option in a declared answer: by its text, or by a letter at the beginning."""
    named = _exact(text[start:end], letters, folded)
    if named is not None:
        return named, (start, end)
    match = _HEAD.match(text, start, min(len(text), end + 4))
    if match is None or match["letter"].upper() not in letters or match.start("letter") >= max(end, start + 1):
        return None
    joined = _JOINED.match(text, match.end("letter"))
    if joined or not _is_letter(text, match.start("letter"), letters, folded):
        return None
    return match["letter"].upper(), match.span("letter")


def _exact(tail: str, letters: str, folded: Sequence[str]) -> str | None:
    """The only option with exactly this text."""
    said = _fold(tail)
    hits = [letter for letter, option in zip(letters, folded, strict=False) if option and option == said]
    return hits[0] if len(hits) == 1 else None


def _is_letter(text: str, at: int, letters: str, folded: Sequence[str]) -> bool:
    """Whether the letter at `at` names an option and is not a word ("a", "I")."""
    if at + 1 >= len(text) or text[at + 1] in _MARKS or text[at + 1] in "\r\n":
        return True
    word = re.match(r"\s*(\w{0,20})", text[at + 1 : at + 30])
    follow = word[1].casefold() if word else ""
    if text[at].islower():
        return not follow
    if not follow or text[at] not in "AI" or follow in _AFTER_LETTER:
        return True
    rest = _fold(text[at + 1 : at + 200])
    option = folded[letters.index(text[at])] if text[at] in letters[: len(folded)] else ""
    return bool(option) and (rest.startswith(option) or rest == option)


def _by_text(text: str, letters: str, folded: Sequence[str]) -> Extraction | None:
    letter = _exact(text, letters, folded) if len(text) <= 2000 else None
    return None if letter is None else Extraction(letter, "option-text", (0, len(text)))


_LEADING = re.compile(
    r"[\s*_`\"'(\[#>]{0,6}(?:option\s)?(?P<letter>[A-Z])(?:[*_`\")\]]{0,3}[).:\],]|[*_`]{1,3}|\s)", re.IGNORECASE
)


def _head(text: str, letters: str, folded: Sequence[str]) -> Extraction | None:
    """The letter that begins a reply (`B. pear`, `(B) because ...`), if the reply lists no other letter."""
    match = _LEADING.match(text, 0, 40)
    if match is None or match["letter"] not in letters or _JOINED.match(text, match.end("letter")):
        return None
    if not _is_letter(text, match.start("letter"), letters, folded):
        return None
    others = {m["letter"] for m in _TOKEN.finditer(text, match.end(), WINDOW) if m["letter"] in letters}
    article = others <= {match["letter"], "A", "I"}
    return Extraction(match["letter"], "leading", match.span("letter")) if article else None


def _last(text: str, letters: str) -> Extraction | None:
    """The last standalone capital that is an option, is not negated, and is not one of several together."""
    found = None
    for match in _TOKEN.finditer(text, max(0, len(text) - WINDOW)):
        at = match.start()
        if match["letter"] not in letters or _article(text, at):
            continue
        if not _DENIED.search(text, max(0, at - 30), at):
            found = match
    if found is None:
        return None
    if _beside(text, found.start()):
        return Extraction(None, "unparsed")
    return Extraction(found["letter"], "last-option", found.span("letter"))


def _by_phrase(text: str, letters: str, folded: Sequence[str]) -> Extraction | None:
    """The only option whose text occurs as whole words in a short reply without negation."""
    said = " ".join(text.casefold().split()) if len(text) <= SHORT else ""
    if not said or _DENIAL.search(said):
        return None
    hits = [letter for letter, option in zip(letters, folded, strict=False) if option and _occurs(option, said)]
    longest = max(hits, key=lambda letter: len(folded[letters.index(letter)]), default=None)
    if longest is None or not all(folded[letters.index(x)] in folded[letters.index(longest)] for x in hits):
        return None
    return Extraction(longest, "option-phrase")


def _occurs(option: str, said: str) -> bool:
    """Whether an option occurs as whole words; a number must not be part of a longer number."""
    start = said.find(option)
    while start >= 0:
        before, after = said[max(0, start - 2) : start], said[start + len(option) : start + len(option) + 2]
        joined = before[-1:].isalnum() or after[:1].isalnum()
        decimal = (before[:1].isdigit() and before[-1:] in ".,") or (after[:1] in ".," and after[1:].isdigit())
        if not (joined or decimal):
            return True
        start = said.find(option, start + 1)
    return False


def _article(text: str, at: int) -> bool:
    """Whether the capital begins a phrase, as in `A dog` or `I think`."""
    if text[at] not in "AI" or at + 1 >= len(text) or text[at + 1] not in " \t":
        return False
    follow = re.match(r"\s+(\w{1,20})", text[at + 1 : at + 30])
    return follow is not None and follow[1].islower() and follow[1] not in _AFTER_LETTER


_BEFORE = re.compile(r"(?<![\w'’])[A-Z][\s*_`)\].]{0,4}(?:\b(?:or|and)\b|[/,&])[\s*_`(\[]{0,4}(?:option\s)?$")


def _beside(text: str, at: int) -> bool:
    """Whether the letter is one of several named together, as in `A or B` or `B/C`."""
    return _BEFORE.search(text, max(0, at - 24), at) is not None
