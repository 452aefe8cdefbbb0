r"""The forms of amounts, as patterns without regard to case. Every repetition is bounded.

amount   = composite  |  bound? sign? currency? number scale? percent? ordinal? ("out of" number)? ("+" | "or more")?
number   = fraction | digits (exponent | "\times 10^" exponent | "^" power)? | words
digits   = 1 234 567 | 1,234,567.89 | 1.234.567,89 | 12.5 | 12,5 | .75
composite = date | time | ratio | range | tuple                      (they have no value)
"""

from __future__ import annotations

import re

from mmeval.scorers.readers.numerals import ENGLISH, HAN

SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0,
    "k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "bn": 1e9, "mn": 1e6,
    "百": 1e2, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8,
}  # fmt: skip
_N = "[0-9]"
_TAIL = rf"{_N}{{1,40}}"
_DIGITS = "|".join((
    rf"{_N}{{1,3}}(?:,{_N}{{3}}){{1,8}}(?:\.{_TAIL})?(?![0-9,])",
    rf"{_N}{{1,3}}(?:\.{_N}{{3}}){{2,8}}(?:,{_TAIL})?(?![0-9])",
    rf"{_N}{{1,3}}\.{_N}{{3}},{_TAIL}",
    rf"{_N}{{1,3}}(?:(?:[ \u00a0\u2009\u202f]|\\,|\{{,\}}){_N}{{3}}(?![0-9])){{1,8}}(?:\.{_TAIL})?",
    rf"{_TAIL}(?:,{_TAIL}){{2,40}}",
    rf"{_TAIL}(?:[.,]{_TAIL})?",
    rf"\.{_TAIL}",
))  # fmt: skip
_LATEX = (
    rf"\\[dt]?frac\s?(?:\{{\s?(?P<top>-?{_N}{{1,18}})\s?\}}\s?\{{\s?(?P<bottom>{_N}{{1,18}})\s?\}}"
    rf"|(?P<top1>{_N})\s?(?P<bottom1>{_N}))"
)
_RATIO = rf"(?P<over>{_N}{{1,18}})\s?/\s?(?P<under>{_N}{{1,18}})(?![0-9/])"
_E = rf"[eE](?P<e>[-+]?{_N}{{1,3}})(?![0-9A-Za-z])"
_TIMES_TEN = (
    r"\s?(?:[×x*]|\\times|\\cdot)\s?10\s?(?:\^|\*\*)?\s?\{?\s?"
    rf"(?P<exponent>[-−]?{_N}{{1,3}}|[⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,3}})\}}?"
)
_POWER = rf"\^\{{?(?P<power>{_N}{{1,3}})\}}?"
_WORDS = rf"(?P<vulgar>[½⅓⅔¼¾⅕⅛])|(?P<words>(?<![A-Za-z-]){ENGLISH}(?![A-Za-z]))|(?P<han>{HAN})"
_SCALE = (
    r"\s?(?P<scale>hundred|thousand|million|billion|trillion|dozen|百万|千万|百|千|万|亿)(?![A-Za-z])"
    r"|(?P<letter>[kKMB]|\s?(?:bn|mn))(?![A-Za-z0-9])"
)
_NUMBER = rf"(?:{_LATEX}|{_RATIO}|(?P<digits>{_DIGITS})(?:{_E}|{_TIMES_TEN}|{_POWER})?|{_WORDS})(?:{_SCALE})?"

_PLAIN = rf"[$€£]?{_N}[0-9.,]{{0,20}}(?:\s?%)?"
_COMPOSITE = "|".join((
    rf"(?<![A-Za-z0-9_.])(?!{_N}{{1,3}}(?:\.{_N}{{3}}){{2,8}}(?![0-9.])){_N}{{1,4}}(?:[:/.-]{_N}{{1,4}}){{2,3}}(?!\w)",
    rf"(?<![A-Za-z0-9_.]){_N}{{1,4}}:{_N}{{1,4}}(?![0-9])",
    rf"(?<![A-Za-z0-9_.,]){_PLAIN}\s?(?:[-–—~～]|to|至|到)\s?{_PLAIN}(?![\w^])",
    rf"(?<![A-Za-z0-9_.,]){_PLAIN}\sby\s{_PLAIN}",
    rf"\b(?:between|from)\s{_PLAIN}\s(?:and|to)\s{_PLAIN}",
    rf"(?<![A-Za-z-])(?:between\s|from\s)?{ENGLISH}\sto\s{ENGLISH}(?![A-Za-z])|\bbetween\s{ENGLISH}\sand\s{ENGLISH}",
    rf"(?:{HAN})[至到]{HAN}",
    r"\((?:-?[0-9.]{1,20},\s?){1,8}-?[0-9.]{1,20}\)",
))  # fmt: skip
_BOUND = (
    r"\b(?:at least|at most|more than|less than|fewer than|greater than|no more than|no fewer than|up to|over|under"
    r"|above|below|exceeds)\s|[<>≤≥]\s?|至少|至多|超过|不到|少于|多于|大于|小于"
)
_SIGN = r"(?<![A-Za-z0-9_)\]}])(?:[-–+](?=[\d.$€£\\])|−\s?)|\bminus\s|\bnegative\s|负"
_OF = rf"\s(?:out\sof|of)\s(?:the\s|all\s)?(?:{_N}{{1,9}}|{ENGLISH})(?![\w.,]{_N})"
_START = (
    r"(?=[-+−–$€£¥￥<>≤≥(\\.0-9½⅓⅔¼¾⅕⅛至超不少多大小负零〇一二三四五六七八九两兩十百千]"
    r"|(?<![A-Za-z])[abefghlmnostuzABEFGHLMNOSTUZ])"
)
"""With what an amount can begin: most characters of a text are passed over here."""
AMOUNT = re.compile(
    rf"{_START}(?:(?P<none>{_COMPOSITE})|(?P<before>{_BOUND})?(?P<sign>{_SIGN})?(?:[$€£¥￥]\s?)?(?<![A-Za-z0-9_^.\\])(?<![0-9],)"
    rf"{_NUMBER}(?P<percent>\s?(?:\\?%|％|percent\b|per cent\b))?(?:(?:st|nd|rd|th)\b)?(?:{_OF})?"
    r"(?P<more>\+|\s?(?:or more|or fewer|or less|at most|at least)\b|以上|以下)?)",
    re.IGNORECASE,
)
