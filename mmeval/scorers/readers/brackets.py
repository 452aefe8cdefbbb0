"""Letter readers that look for `(X)`, then ` X `, then the option's text. If several match, the last one counts.

The published code picks a random letter if nothing matches. These readers return None instead: the reply is unparsed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

Options = Mapping[str, str]
_OUTER = (",", ".", "!", "?", ";", ":", "'")
_WORDS = 5
_LOOSE: tuple[Callable[[str], str], ...] = (lambda letter: f"{letter} ", lambda letter: f"{letter}.")


def trim(text: str, marks: tuple[str, ...] = _OUTER) -> str:
    """Strip each punctuation mark in turn from both ends, then add a space on both sides."""
    for mark in marks:
        text = text.strip(mark)
    return f" {text} "


def bracketed(text: str, options: Options) -> str | None:
    """`(X)`, else ` X ` with spaces around it, else an option's text in a reply of more than five words."""
    return _read(trim(text), options, (lambda letter: f" {letter} ",))


def bracketed_loose(text: str, options: Options) -> str | None:
    """`(X)`, else `X ` with any character before it, else `X.`, else an option's text."""
    return _read(trim(text), options, _LOOSE)


def bracketed_whole(text: str, options: Options) -> str | None:
    """As `bracketed_loose`, with the punctuation at both ends of the reply left where it is: OmniBench's own."""
    return _read(f" {text} ", options, _LOOSE)


def after_answer(text: str, options: Options) -> str | None:
    """The letter after the last `Answer:` if exactly one occurs there, else as `bracketed_loose`."""
    at = text.rfind("Answer:")
    if at >= 0:
        tail = text[at + len("Answer:") :]
        hits = [letter for letter in options if letter in tail]
        if len(hits) == 1:
            return hits[0]
    return bracketed_loose(text, options)


def stopped(text: str, options: Options) -> str | None:
    """`X.` or `X:`, else `(X)`, else `X `, else an option's text in a reply of more than five words: Video-MMMU's own.

    If several match, the last one of the first form that any of them has.
    """
    padded = trim(text)
    shapes: tuple[tuple[Callable[[str], str], ...], ...] = (
        (lambda letter: f"{letter}.", lambda letter: f"{letter}:"),
        (lambda letter: f"({letter})",),
    )
    for shape in shapes:
        hits = [letter for form in shape for letter in options if form(letter) in padded]
        if hits:
            form = next(form for form in shape if any(form(letter) in padded for letter in options))
            return _rightmost(hits, lambda letter: padded.rfind(form(letter)))  # noqa: B023 - used at once
    return _read(padded, options, _LOOSE[:1])


def bracketed_letters(text: str, options: Options) -> str | None:
    """`(X)`, else ` X `, else `X.`, ignoring option texts. If several match: the last ` X `, else the first."""
    padded = trim(text)
    forms: tuple[Callable[[str], str], ...] = (
        lambda letter: f"({letter})",
        lambda letter: f" {letter} ",
        lambda letter: f"{letter}.",
    )
    for form in forms:
        hits = [letter for letter in options if form(letter) in padded]
        if hits:
            return _rightmost(hits, lambda letter: padded.rfind(f" {letter} "))
    return None


def _read(padded: str, options: Options, forms: tuple[Callable[[str], str], ...]) -> str | None:
    hits = [letter for letter in options if f"({letter})" in padded]
    if hits:
        return _rightmost(hits, lambda letter: padded.rfind(f"({letter})"))
    for form in forms:
        hits = [letter for letter in options if form(letter) in padded]
        if hits:
            # The position is looked up with both spaces even if the match was looser, so it may be -1.
            return _rightmost(hits, lambda letter: padded.rfind(f" {letter} "))
    if len(padded.split(None, _WORDS)) <= _WORDS:
        return None
    lowered = padded.lower()
    hits = [letter for letter, option in options.items() if option.lower() in lowered]
    return _rightmost(hits, lambda letter: lowered.rfind(options[letter].lower())) if hits else None


def _rightmost(hits: list[str], position: Callable[[str], int]) -> str:
    """The rightmost match; the first one on a tie."""
    return max(hits, key=position)


_PHRASES = (
    "the answer is", "answer is", "the correct answer is", "correct answer is", "the best answer is",
    "best answer is", "the correct option is", "correct option is", "the best option is", "best option is",
    "the choice is", "choice is", "the correct choice is", "correct choice is", "i choose", "i select", "i pick",
    "my answer is", "my choice is", "옵션", "정답은", "답은", "답:", "答案是", "答案为", "选", "答えは",
)  # fmt: skip
_START, _END, _PHRASE = 10, 9, 7


def ranked(text: str, options: Options) -> str | None:
    """Collect every form that names a letter and return the best by rank, the rightmost on a tie.

    The ranks are start, end, phrase, `(X)`, `X.`, `X:`, `X)`, `X `. The start of a reply therefore beats a final
    "the answer is C". If no form matches, any capital counts.
    """
    if not text.strip():
        return None
    padded = trim(text.strip(), (*_OUTER, '"'))
    present = [letter for letter in options if letter in padded]
    found = [*_forms(padded, present), *_after_phrases(padded, present), *_edges(padded, present)]
    if not found:
        found = [(0, padded.rfind(letter), letter) for letter in present]
    if not found:
        return None
    # On a tie, max returns the first, like a stable sort in reverse.
    return max(found, key=lambda hit: hit[:2])[2]


_Hit = tuple[int, int, str]


def _forms(padded: str, options: Sequence[str]) -> list[_Hit]:
    shapes = ((6, "(", ")"), (5, "", "."), (4, "", ":"), (3, "", ")"), (2, "", " "))
    places = ((rank, padded.rfind(f"{before}{x}{after}"), x) for rank, before, after in shapes for x in options)
    return [hit for hit in places if hit[1] >= 0]


def _after_phrases(padded: str, options: Sequence[str]) -> list[_Hit]:
    lowered = padded.lower()
    starts = [at + len(phrase) for phrase in _PHRASES if (at := lowered.find(phrase)) >= 0]
    places = ((_PHRASE, padded.find(letter, start), letter) for start in starts for letter in options)
    return [hit for hit in places if hit[1] >= 0]


def _edges(padded: str, options: Sequence[str]) -> list[_Hit]:
    bare = padded.strip()
    hits = [(_START, 0, x) for x in options if bare.startswith(x) and (len(bare) == 1 or not bare[1].isalpha())]
    hits += [
        (_END, len(padded) - 1, x) for x in options if bare.endswith(x) and (len(bare) == 1 or not bare[-2].isalpha())
    ]
    return hits


_AFFIXES = (
    ("", "."), ("", ","), ("", ":"), ("", ")"), ("", ")."), ("(", ")"), ("(", ")."),
    (":", ""), (":", ","), (":", "."), (":", ")"), (":", ")."),
)  # fmt: skip
_OUTAGE = "Failed to obtain answer via API"


def affixed(text: str, options: Options) -> str | None:
    """One of A to E as a token, alone or with one of twelve affixes, else the only option text in the reply.

    A bare letter does not count if `A` is a token in a reply of more than three words, where it may be an article.
    """
    letter = None if _OUTAGE in text else _affixed_letter(text.split())
    if letter is not None:
        return letter
    lowered = text.lower()
    hits = [name for name, option in options.items() if option.lower() in lowered]
    return hits[0] if len(hits) == 1 else None


def _affixed_letter(words: list[str]) -> str | None:
    distinct = set(words)
    plain = [letter for letter in "ABCDE" if letter in distinct]
    if len(plain) == 1 and not ("A" in distinct and len(words) > 3):
        return plain[0]
    for before, after in _AFFIXES:
        hits = [letter for letter in "ABCDE" if f"{before}{letter}{after}" in distinct]
        if len(hits) == 1:
            return hits[0]
    return None
