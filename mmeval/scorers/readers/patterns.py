"""Letter readers that try a list of patterns; the first pattern that matches decides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mmeval.scorers.rules.vqa import publish_marks

Options = Mapping[str, str]
_I = re.IGNORECASE


def _last(pattern: re.Pattern[str], text: str) -> str | None:
    last = None
    for match in pattern.finditer(text):
        last = match[1]
    return last


_TERSE = re.compile(r"\(?([A-Z])\)?[\.\s:,)]*", _I)
_STATED = r"answers?(?:\s+is)?\s*[:\-]?\s*\(?([{}])\)?(?![A-Za-z])"
_LEADING = r"[\(\s]*([{}])"


def stated_letter(text: str, options: Options) -> str | None:
    """A first line that is just the letter, else the last `answer is X`, else the last `(X)`, else a leading letter."""
    said, valid = text.strip(), "".join(options).upper()
    first = said.split("\n", 1)[0].strip()
    terse = _TERSE.fullmatch(first) if len(first) <= 4 else None
    if terse and terse[1].upper() in valid:
        return terse[1].upper()
    letters = re.escape(valid)
    stated = _last(re.compile(_STATED.format(letters), _I), said)
    if stated:
        return stated.upper()
    bracket = _last(re.compile(rf"\(([{letters}])\)"), said)
    if bracket:
        return bracket
    match = re.match(_LEADING.format(letters), said, _I)
    return match[1].upper() if match else None


def first_letter(text: str, options: Options) -> str | None:
    """The first Latin letter after brackets and spaces: `The` gives T."""
    match = re.match(r"[\(\s]*([A-Z])", text.strip(), _I)
    return match[1].upper() if match else None


def first_character(text: str, options: Options) -> str | None:
    """The first character of the stripped reply."""
    return text.strip()[:1] or None


_PAIR = tuple(
    re.compile(pattern, _I)
    for pattern in (
        r"^\s*\(?([AB])\)?\.?\s*$", r"^\s*\(?([AB])\)?[\.\s]", r"answer\s+is\s+\(?([AB])\)?",
        r"option\s+\(?([AB])\)?", r"\(?([AB])\)?(?:\s|$)",
    )
)  # fmt: skip


def two_way(text: str, options: Options) -> str | None:
    """A or B, in any case: alone, at the start, after `answer is`, after `option`, or before a space."""
    said = text.strip()
    for pattern in _PAIR:
        match = pattern.search(said)
        if match:
            return match[1].upper()
    return said[0].upper() if said[:1].upper() in ("A", "B") else None


_CAPITAL = tuple(
    re.compile(pattern, _I)
    for pattern in (
        r"^([A-D])", r"(?:ANSWER|CHOICE|OPTION)(?:\s+IS)?[\s:]+([A-D])", r"\(([A-D])\)",
        r"([A-D])\s{0,64}[.)\]|]", r"(?:^|\s)([A-D])(?:\s|$)",
    )
)  # fmt: skip


def capitals(text: str, options: Options) -> str | None:
    """A to D in the upper-cased reply: as its first character, after ANSWER, in brackets, or alone."""
    said = text.strip().upper()
    for pattern in _CAPITAL:
        match = pattern.search(said)
        if match:
            return match[1].upper()
    letters = re.findall("[A-D]", said)
    return letters[0] if len(letters) == 1 else None


_TAGGED = tuple(
    re.compile(pattern, _I)
    for pattern in (
        r"<answer>\s*\(?([A-D])\)?\s*</answer>", r"\\boxed\{\s*([A-D])\s*\}",
        r"answer\s*(?:is|:|-)\s*\(?([A-D])\)?\b", r"option\s*([A-D])\b", r"\(([A-D])\)",
    )
)  # fmt: skip


def tagged(text: str, options: Options) -> str | None:
    """The last match of the first form found: tag, box, `answer is`, `option`, brackets. Else a very short reply."""
    said = text.strip()
    for pattern in _TAGGED:
        last = _last(pattern, said)
        if last:
            return last.upper()
    first = said.upper()[:1]
    return first if len(said) <= 3 and first and first in "ABCD" else None


_LINES = tuple(
    re.compile(pattern)
    for pattern in (
        r"Answer:\s*\(([A-Za-z])\)", r"(?<!Final )Answer:\s*([A-Za-z])", r"Answer:\s*([A-Za-z])", r"\(([A-Za-z])\)",
    )
)  # fmt: skip
_PADDED = tuple(
    re.compile(pattern) for pattern in (r"([A-Za-z])\)", r"\{([A-Za-z])\}", r"\$([A-Za-z])\$", r" ([A-Da-d])\.")
)
_ALONE = re.compile(r" ([A-Da-d])")
SHORT = 5


def cascade(text: str, options: Options) -> str | None:
    """The last valid letter of the first form found: `Answer: (X)`, `Answer: X`, `(X)`, `X)`, `{X}`, `$X$`, ` X.`.

    Option texts come last. The letter keeps its case, and `Answer: blue` gives b.
    """
    padded = f" {text.strip()}"
    alone = (_ALONE,) if len(padded) <= SHORT else ()
    for said, patterns in ((text, _LINES), (padded, (*_PADDED, *alone))):
        for pattern in patterns:
            letter = _last_valid(pattern.findall(said), options)
            if letter:
                return letter
    return _by_text(padded, options)


def _last_valid(letters: Iterable[str], options: Options) -> str | None:
    return next((x for x in reversed(list(letters)) if x in options or x.upper() in options), None)


def _by_text(said: str, options: Options) -> str | None:
    lowered = said.lower()
    for letter, option in options.items():
        if f"answer: {option}" in lowered or f"answer:{option}" in lowered:
            return letter
    best = max(options, key=lambda letter: said.rfind(options[letter]), default=None)
    return best if best is not None and said.rfind(options[best]) >= 0 else None


_NUMBERED = re.compile(r"([A-E])\.\s*.+", _I)
_LONE = re.compile(r"\b([A-E])\b", _I)


def lone_letter(text: str, options: Options) -> str | None:
    """`X. text` on one line, else the first standalone a to e in any case: the article "a" gives A."""
    said = text.strip()
    numbered = _NUMBERED.fullmatch(said)
    if numbered:
        return numbered[1].upper()
    bare = publish_marks(text.replace("\n", " ").replace("\t", " ").strip())
    for mark in "'\")(":
        bare = bare.strip(mark)
    lone = _LONE.search(bare.strip().lower())
    return lone[1].upper() if lone else None


def letter_or_numbered(text: str, options: Options) -> str | None:
    """The letter if it is the whole reply (in any case), or a capital with a full stop at the beginning."""
    said = text.strip()
    if len(said) >= 2 and said[0].isupper() and said[1] == "." and said.upper() not in options:
        return said[0]
    return said.upper() if said.upper() in options else None


_NUMBERED_START = re.compile(r"\s*([A-Z])\.")
_MARKS = str.maketrans("", "", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def numbered_or_alone(text: str, options: Options) -> str | None:
    """A capital with a full stop at the start, else a reply that is one letter without its ASCII punctuation."""
    match = _NUMBERED_START.match(text)
    letter = match[1] if match else text.translate(_MARKS).upper()
    return letter if letter in options else None


_ANSWER_LINE = re.compile(r"\banswer\s*:\s*([a-z])\b", _I)


def answer_line(text: str, options: Options) -> str | None:
    """The last `answer: X` with only spaces between; any letter, in its own case."""
    return _last(_ANSWER_LINE, text)


_BRACKET = re.compile(r"\(([A-D])\)")
_ANY = re.compile(r"[A-D]")


def last_capital(text: str, options: Options) -> str | None:
    """The last `(X)`, else the last capital A to D. A letter that is not an option counts as the first option."""
    letters = _BRACKET.findall(text) or _ANY.findall(text)
    if not letters:
        return None
    return letters[-1] if letters[-1] in options else next(iter(options), None)


_BOXES = re.compile(r"\\boxed\{|[^\\]\}")
_COMMANDS = ("\\text{", "\\rm{", "\\mathbf{", "$", "}")
_FLAGS = (
    "answer:", "the final answer is:", "the answer is option:", "the answer is:", "the correct answer is option:",
    "the correct answer is:", "the answer should be:", "the final answer is", "the answer is option",
    "the answer is", "the correct answer is option", "the correct answer is", "the answer should be",
)  # fmt: skip
_FOUR = ("A", "B", "C", "D")


def boxed_or_phrase(text: str, options: Options) -> str | None:
    """A letter in the last box, else at either end of the reply or after one of thirteen lead-ins."""
    return boxed_or_phrase_rule(text)[0]


def boxed_or_phrase_rule(text: str) -> tuple[str | None, str]:
    """The letter with `box` or `lang`, whichever found it, or (None, `error`)."""
    boxed = _last_box(text).strip()
    if boxed in _FOUR:
        return boxed, "box"
    said = _said(text.replace("<|endoftext|>", ""))
    return (said, "lang") if said else (None, "error")


def _last_box(text: str) -> str:
    """Content of the last complete box without commands, or the text itself if that is not a short answer."""
    starts: list[int] = []
    content = ""
    for match in _BOXES.finditer(text):
        if match[0].endswith("{"):
            starts.append(match.end())
        elif starts:
            start = starts.pop()
            content = content if starts else text[start : match.start() + 1]
    for command in _COMMANDS:
        content = content.replace(command, "")
    usable = content and "letter" not in content.lower() and "or" not in content and len(content) <= 2
    return content if usable else text


def _said(text: str) -> str | None:
    for x in _FOUR:
        if text.endswith((f" {x}.", f" ({x}).")) or text.startswith((f"{x}\n", f"({x})\n", f"({x}) {x}\n")):
            return x
    tail = text.lower()
    for flag in _FLAGS:
        if flag in tail:
            tail = tail.rsplit(flag, 1)[1].strip().split("\n")[0].split(".")[0]
            if tail.upper() in _FOUR:
                return tail.upper()
    return text if text in _FOUR else None
