r"""Numbers as people write and say them, rewritten for the reader of numbers that all scorers share.

12,345.6 in other ways     1 234,5 | 1'234.5 | digits of other scripts
mixed                      2½ | 2 1/2 | 2\frac{1}{2} | two and a half | twelve point four five
how often                  once | twice | thrice
how long                   3 hours and 7 minutes, where minutes are asked
percent            百分之三十八
beside the number          ± 5, and `at least` where the question says so
alternatives               12, or maybe 13
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from mmeval.scorers.readers.numerals import ENGLISH, chinese, english, spelled
from mmeval.scorers.readers.typography import level

__all__ = ["alternatives", "plainly"]

_DIGIT = "|".join((*(spelled(value) for value in range(10)), "oh"))
_PART = "half|quarter|third|(?:two|three)[ -](?:quarters|thirds)"
_WORDS = rf"(?<![A-Za-z-])(?:{ENGLISH})"
_GROUPED = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:[ '_][0-9]{3}){1,5}(?:[.,][0-9]{1,9})?(?![0-9.,])")
_MIXED = re.compile(
    r"(?<![0-9.,/])(?P<whole>[0-9]{1,9})(?:\s?(?P<vulgar>[½⅓⅔¼¾⅕⅛])"
    r"|(?:\s|\s?\\[dt]?frac\s?\{?)(?P<top>[0-9]{1,3})(?:\s?/\s?|\}\s?\{)(?P<bottom>[1-9][0-9]{0,2})\}?(?![0-9/]))"
)
_POINT = re.compile(
    rf"(?P<whole>{_WORDS})\s(?:point|dot|comma)(?P<digits>(?:[\s-](?:{_DIGIT})(?![a-z])){{1,9}})", re.IGNORECASE
)
_AND_PART = re.compile(
    rf"(?P<whole>{_WORDS}|[0-9]{{1,9}})\sand\s(?:a\s|an\s|one[\s-])?(?P<part>{_PART})(?![a-z])", re.IGNORECASE
)
_BESIDE = re.compile(r"(?<=[0-9%])\s?(?:±|\+/-|\\pm)\s?[0-9.,]{1,12}\s?%?")
_SHARE = re.compile(
    r"(?P<part>[0-9]{1,9}(?:\.[0-9]{1,9})?)\s?%\sof\s(?P<whole>[0-9]{1,9}(?:\.[0-9]{1,9})?)(?![0-9.,%])"
)
_BOUND = re.compile(
    r"(?P<number>[0-9][0-9.,]{0,15})(?:(?P<noun>\s[a-z]{1,20})\s(?:at most|or more|or fewer|or less)\b|\s?[<≤](?!/))",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"(?P<number>[0-9][0-9.,]{0,15})\s?-?ish\b", re.IGNORECASE)
_RANGE = re.compile(r"(?<=[0-9])\s?\.{2,3}\s?(?=[0-9])")
_CLOCK = re.compile(r"(?<![0-9:])[0-9]{1,2}:[0-5][0-9](?![0-9:])")
_COUNTED = re.compile(r"(?<![0-9.,])1(?:\s{0,2},\s{0,2}[0-9]{1,3}){2,60}(?![0-9.]*[0-9])")
_AIM = re.compile(r"\bto\s(?:get|obtain|have|reach|make|measure)\s(?=[0-9a-z])", re.IGNORECASE)
_SIDE = re.compile(r"\bright\b", re.IGNORECASE)
_LEFT = re.compile(r"\bleft\b", re.IGNORECASE)
_OFTEN = re.compile(r"\b(?P<often>once|twice|thrice|nil)(?=\s{0,3}(?:[.!:;,*]|(?:or|in|during)\b|\n|$))", re.IGNORECASE)
_OR = re.compile(
    r",\sI\s(?:think|believe|guess),\sor\s|,?\s{1,3}or,?\s(?:maybe|perhaps|possibly|even)\s", re.IGNORECASE
)
_OR_SO = re.compile(r"\b([A-Za-z0-9.,]{1,20}\sor)\sso\b", re.IGNORECASE)
_HOUR = r"\s?(?:hours?|hrs?|h)(?![A-Za-z])"
_HALF = re.compile(
    rf"(?P<whole>{_WORDS}|an?|(?<![0-9.,:])[0-9]{{1,2}}){_HOUR}\sand\sa\s(?P<part>half|quarter)\b", re.IGNORECASE
)
_LONG = re.compile(
    rf"(?P<hours>{_WORDS}|(?<![0-9.,:])[0-9]{{1,2}}(?:\.[0-9]{{1,3}})?){_HOUR}"
    rf"(?:,?\s?(?:and\s)?(?P<minutes>{_WORDS}|[0-9]{{1,2}})(?:\s?(?:minutes?|mins?|m)\b|(?=\W{{0,3}}$)|(?<=h[0-9]{{2}})(?![0-9])))?",
    re.IGNORECASE,
)
_SECONDS = re.compile(r"(?<![0-9.,:])(?P<seconds>[0-9]{1,6})\s?(?:seconds?|secs?|s)\b", re.IGNORECASE)
_HUNDREDTHS = re.compile("百分之(?P<many>[零〇一二三四五六七八九两十百]{1,9}|[0-9.]{1,9})")
_LEAST = re.compile(r"\bat least\s(?=[0-9a-z])", re.IGNORECASE)
_TIMES = {"once": 1, "twice": 2, "thrice": 3, "nil": 0}


def plainly(text: str, question: str) -> str:
    """The text with its numbers in digits."""
    said = alternatives(level(text))
    for pattern, written in _REWRITTEN:
        said = pattern.sub(written, said)
    if "minutes" in question and "hour" not in question:
        said = _SECONDS.sub(_from_seconds, _LONG.sub(_minutes, _HALF.sub(_half, said)))
    said = _SIDE.sub("other", said) if _LEFT.search(said) else said  # a side, and not what is correct
    return _LEAST.sub("", said) if "at least" in question else said


def alternatives(text: str) -> str:
    """The text with `or maybe` as `or`, and `5 or so` as `maybe 5`; of the same length."""
    said = _OR_SO.sub(lambda match: f"maybe {match[1][:-3]}".ljust(len(match[0])), text)
    return _OR.sub(lambda match: " or ".ljust(len(match[0])), said)


def _hundredths(match: re.Match[str]) -> str:
    many = match["many"]
    return f"{many if many[0].isascii() else f'{chinese(many):g}'}%"


def _grouped(match: re.Match[str]) -> str:
    said = re.sub("[ '_]", "", match[0])
    return said.replace(",", ".")


def _mixed(match: re.Match[str]) -> str:
    part = unicodedata.numeric(match["vulgar"]) if match["vulgar"] else int(match["top"]) / int(match["bottom"])
    return f"{int(match['whole']) + part:.12g}" if part < 1 else match[0]


def _point(match: re.Match[str]) -> str:
    digits = (0 if word == "oh" else english(word) for word in re.findall("[a-z]+", match["digits"].lower()))
    return f"{english(match['whole']) or 0:.0f}.{''.join(f'{digit:.0f}' for digit in digits)}"


def _and_part(match: re.Match[str]) -> str:
    whole = float(match["whole"]) if match["whole"].isdigit() else english(match["whole"])
    return f"{(whole or 0) + (english('a ' + match['part'].lower()) or 0):.12g}"


def _minutes(match: re.Match[str]) -> str:
    hours, minutes = (_value(match[name]) for name in ("hours", "minutes"))
    return f"{60 * hours + minutes:.0f} minutes"


def _half(match: re.Match[str]) -> str:
    whole = 1 if match["whole"].lower() in ("a", "an") else _value(match["whole"])
    return f"{60 * whole + (30 if match['part'].lower() == 'half' else 15):.0f} minutes"


def _from_seconds(match: re.Match[str]) -> str:
    return f"{int(match['seconds']) / 60:.6g} minutes"


def _last_counted(match: re.Match[str]) -> str:
    """The last number of `1, 2, 3`, where each is one more than the one before."""
    said = [int(number) for number in re.findall("[0-9]+", match[0])]
    return str(said[-1]) if said == list(range(1, len(said) + 1)) else match[0]


def _value(said: str | None) -> float:
    return 0.0 if said is None else float(said) if said[0].isdigit() else english(said) or 0.0


_REWRITTEN: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_HUNDREDTHS, _hundredths),
    (_GROUPED, _grouped),
    (_MIXED, _mixed),
    (_POINT, _point),
    (_AND_PART, _and_part),
    (_BESIDE, lambda match: ""),
    (_SHARE, lambda match: f"{float(match['part']) * float(match['whole']) / 100:.12g}"),
    (_COUNTED, _last_counted),
    (_CLOCK, lambda match: "o'clock"),
    (_RANGE, lambda match: "-"),
    (_BOUND, lambda match: f"over {match['number']}{match['noun'] or ''}"),
    (_ABOUT, lambda match: f"maybe {match['number']}"),
    (_AIM, lambda match: "for "),
    (_OFTEN, lambda match: f"{_TIMES[match['often'].lower()]} times"),
)
