"""Number words in English and Chinese, as patterns and as values."""

from __future__ import annotations

import re

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {word: value for value, word in enumerate(_UNITS.split())} | {
    w: 10 * i for i, w in enumerate(_TENS.split(), 2)
}
_LARGE = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SMALL = (
    rf"(?:(?:{'|'.join(_TENS.split())})(?:[\s-]?(?:{'|'.join(_UNITS.split()[1:10])})(?![A-Za-z]))?"
    rf"|{'|'.join(sorted(_UNITS.split(), key=len, reverse=True))})"
)
_PIECE = rf"(?:(?:{_SMALL}|a)[\s-]hundred(?:[\s-](?:and[\s-])?{_SMALL})?|{_SMALL})(?![A-Za-z])"
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5,
    "fifths": 5, "sixth": 6, "sixths": 6, "eighth": 8, "eighths": 8, "tenth": 10, "tenths": 10,
}  # fmt: skip
_PART = "|".join(sorted(_PARTS, key=len, reverse=True))
ENGLISH = (
    rf"(?:a single(?![A-Za-z])|(?:half\sa|a|{_PIECE})\sdozen(?![A-Za-z])|(?:{_SMALL}|a)[\s-](?:{_PART})(?![A-Za-z])"
    r"|half(?=[\s.,!]|$)"
    rf"|{_PIECE}(?:[\s-](?:thousand|million|billion|trillion)(?![A-Za-z])(?:,?[\s-](?:and[\s-])?{_PIECE})?){{0,3}}"
    r"|a[\s-](?:thousand|million|billion)(?![A-Za-z]))"
)
"""Pattern of a number in English words, to be used without regard to case."""
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10,
}  # fmt: skip
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_HAN = "零〇一二三四五六七八九两兩十百千万亿"
HAN = (
    rf"(?<![第唯统单之同万星期周])(?:[{_HAN}]{{1,12}}分之[{_HAN}]{{1,12}}"
    rf"|(?!一[共些样般起直定旦切边方致下])[{_HAN[:14]}百千][{_HAN}]{{0,15}})"
)
"""Pattern of a number in Chinese numerals."""


def english(text: str) -> float | None:
    """The value of an English number such as `twenty-one`, `two hundred and five`, `a dozen` or `three quarters`."""
    total, part, words = 0.0, 0.0, re.findall("[a-z]+", text.lower())
    if words[-1:] == ["dozen"]:
        many = 0.5 if words[0] == "half" else english(" ".join(words[:-1]))
        return 12 * (many or 1)
    for word in words:
        if word in _PARTS:
            return (part or 1) / _PARTS[word]
        if word == "hundred":
            part = (part or 1) * 100
        elif word in _LARGE:
            total, part = total + (part or 1) * _LARGE[word], 0.0
        elif word in ("a", "single"):
            part = 1
        elif word != "and":
            part += _WORDS.get(word, 0)
    return total + part if words else None


def spelled(value: int) -> str:
    """A whole number below 100 in English words, as a pattern."""
    if value < 20:
        return _UNITS.split()[value]
    tens, ones = divmod(value, 10)
    return _TENS.split()[tens - 2] + (rf"[\s-]?{_UNITS.split()[ones]}" if ones else "")


def chinese(text: str) -> float | None:
    """The value of a Chinese number such as `三十二`, `二〇一九`, `一百零五` or `四分之三`."""
    if "分之" in text:
        bottom, top = (chinese(part) for part in text.split("分之", 1))
        return top / bottom if top is not None and bottom else None
    if len(text) > 1 and all(char in _DIGITS for char in text):
        return float("".join(str(_DIGITS[char]) for char in text))
    total, section, digit = 0, 0, -1
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _PLACES:
            section, digit = section + (1 if digit < 0 else digit) * _PLACES[char], -1
        else:
            total, section, digit = (total + section + max(digit, 0)) * (10**4 if char == "万" else 10**8), 0, -1
    return float(total + section + max(digit, 0))
