r"""Reads a time on a clock face: `7:05`, `7.05`, `19h05`, `7 pm`, `five past seven`, `quarter to 8`, `7点05分`.

    time  = hour (":" | "." | "h") minute (":" second)? | hour ("o'clock" | "am" | "pm") | "noon" | "midnight"
          | minutes "minutes"? ("past" | "after" | "to" | "before") hour | ("quarter" | "half") "past" hour | ...
          | hour minute                                        in words: `seven fifteen`, `seven oh five`

`half seven` has two readings, and none here. Which of several times a reply gives is told by the grammar of claims.
"""

from __future__ import annotations

import re

from mmeval.scorers.readers import notation
from mmeval.scorers.readers.amounts import MOST, Amount
from mmeval.scorers.readers.numbers import claimed
from mmeval.scorers.readers.numerals import chinese, english, spelled
from mmeval.scorers.readers.regions import LONGEST
from mmeval.scorers.readers.spoken import alternatives
from mmeval.scorers.readers.structure import structured
from mmeval.scorers.readers.typography import bare, level

__all__ = ["canonical_time", "read_time"]

HALF_A_DAY = 720
_WORDS = "|".join(spelled(value) for value in reversed(range(1, 60)))
_HOUR_WORDS = "|".join(spelled(value) for value in reversed(range(1, 13)))
_FIVES = "twenty[ -]?five|twenty|ten|five"
_EAST = "(?:[0-9]{1,2}|[零〇一二三四五六七八九十]{1,3})"
_END = r"(?![A-Za-z0-9]|[.:][0-9]|-ish)"
_TIME = re.compile(
    r"(?<![A-Za-z0-9])(?<![0-9][.,:])(?:"
    r"(?P<clock>(?:[01]?[0-9]|2[0-4])(?:\s{0,2}:\s{0,2}|\.|\s?h\s?)[0-5][0-9])(?::[0-5][0-9])?(?:\s?(?:min|h|hrs?|uhr))?"
    rf"|(?P<asian>{_EAST}[点點時时](?:{_EAST}|半))分?"
    rf"|(?P<sharp>(?:{_HOUR_WORDS}|1?[0-9]|2[0-4]))(?:\s?o['’]?\s?clock|(?=\s?[ap]\.?m(?![a-z])))"
    rf"|(?P<several>(?:{_HOUR_WORDS}|1?[0-9])\s(?:or|and|to)\s(?:{_HOUR_WORDS}|1?[0-9])(?=\s?(?:o['’]?\s?clock|[ap]\.?m)))"
    rf"|(?P<far>(?:a\s)?quarter|half|{_FIVES}|[1-5]?[05]|(?:{_WORDS}|[1-5]?[0-9])(?=\smin))(?:\s(?:minutes?|mins?))?"
    r"\s(?P<way>past|after|to|before|till|until)"
    rf"\s(?P<near>{_HOUR_WORDS}|1[0-2]|[1-9])"
    rf"|(?P<hour>{_HOUR_WORDS})[\s-](?P<minute>(?:oh?|zero)[\s-](?:{_WORDS})|{_WORDS})"
    r"|(?P<spoken>[0-9]{1,2}\s?(?:hours?|h)(?:,?\s(?:and\s)?|,)[0-9]{1,2})\s?(?:minutes?|min|m)"
    r"|(?P<keys>\"?hours?\"?:\s?[0-9]{1,2},\s?\"?minutes?\"?:\s?[0-9]{1,2})|(?P<noon>noon|midday|midnight)"
    rf")(?:\s?[ap]\.?m(?![a-z])\.?)?{_END}",
    re.IGNORECASE,
)
_BOUND = re.compile(r"\b(?:before|after|past|until|till|by|since|in)\s$", re.IGNORECASE)
_LASTING = re.compile(r"\s(?:minutes?|mins?|hours?|ago|later|earlier)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[.!?;\n](?=\s|$)|,\s")
_MOVED = re.compile(
    r"(?:[0-9]|\b(?:an|one|half)\b)\s?-?(?:minutes?|mins?|hours?|Minuten?|minuti|minutos|分)|\blater\b", re.IGNORECASE
)
_NOW = re.compile(
    r"\b(?:now|currently|current\stime(?:\sis)?|(?:clock|watch)\s(?:show|read|display|say)(?:s|ing)?)[\s:]{1,2}(?:\w+\s){0,2}$",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"\s*([01][0-9]|2[0-3]|[0-9](?=\s))\s?([0-5][0-9])(?:\s?h(?:ours|rs)?)?\.?\s*")
_DIGITS = re.compile("[0-9]+")


def read_time(text: str, *, later: bool = False) -> notation.Read | None:
    """Find the time that a reply gives.

    Args:
        text: the reply.
        later: whether another time is asked for than the clock shows; then what it shows is no answer.
    """
    cut = max(0, len(text) - LONGEST)
    said = level(text[cut:])
    place = structured(said)
    start, end, rule = place[1:] + place[:1] if place and place.start < place.end else (0, len(said), "")
    plain = alternatives(bare(said[start:end].replace("{:}", " : ")))
    whole = _WHOLE.fullmatch(plain)
    if whole:
        minutes = 60 * int(whole[1]) + int(whole[2])
        return notation.Read(canonical_time(minutes), rule or "bare", start + cut, end + cut)
    times = _times(plain)
    found = claimed(plain, _after(plain, times) if later else times)
    if found is None or found[0].value is None:
        return None
    one, by = found
    return notation.Read(
        canonical_time(round(one.value or 0)), rule or by, start + one.start + cut, start + one.end + cut
    )


def canonical_time(minutes: int) -> str:
    """A time from its minutes after 12 o'clock: `7:05`."""
    return f"{minutes % HALF_A_DAY // 60 or 12}:{minutes % 60:02}"


def _times(text: str) -> list[Amount]:
    found = [(match, None if _lasts(match) else _minutes(match)) for match in list(_TIME.finditer(text))[-MOST:]]
    return [Amount(value % HALF_A_DAY if value is not None else None, False, *match.span()) for match, value in found]


def _after(text: str, times: list[Amount]) -> list[Amount]:
    """The times that come after a span of time (`in 45 minutes: 3:20`), else those that are not said to be now."""
    before = [_CLAUSE.split(text[max(0, one.start - 80) : one.start])[-1] for one in times]
    moved = [one for one, clause in zip(times, before, strict=True) if _MOVED.search(clause)]
    return moved or [one for one, clause in zip(times, before, strict=True) if not _NOW.search(clause)]


def _lasts(match: re.Match[str]) -> bool:
    """Whether it is a bound or a span of time, or several hours: `after 7:05`, `9 hours 30 minutes ago`."""
    text, (start, end) = match.string, match.span()
    return bool(match["several"] or _BOUND.search(text, max(0, start - 8), start) or _LASTING.match(text, end))


def _minutes(match: re.Match[str]) -> float | None:
    """Minutes after 12 o'clock; None for what is no time of a clock."""
    if match["noon"]:
        return 0
    if match["sharp"]:
        return 60 * _number(match["sharp"])
    if match["far"]:
        way = 1 if match["way"].lower() in ("past", "after") else -1
        far = {"quarter": 15, "half": 30}.get(match["far"].lower().removeprefix("a "))
        if far == 30 and way < 0:
            return None
        return 60 * _number(match["near"]) + way * (_number(match["far"]) if far is None else far)
    if match["hour"]:
        said = re.sub(r"^(?:oh?|zero)[\s-]", "", match["minute"], flags=re.IGNORECASE)
        return 60 * _number(match["hour"]) + _number(said)
    if match["asian"]:
        hour, minute = (_eastern(part) for part in re.split("[点點時时]", match["asian"]))
        return 60 * hour + minute if hour <= 24 and minute < 60 else None
    hour, minute = map(int, _DIGITS.findall(match["clock"] or match["spoken"] or match["keys"]))
    return 60 * hour + minute if hour <= 24 and minute < 60 else None


def _eastern(said: str) -> int:
    return 30 if said == "半" else int(said) if said.isdigit() else int(chinese(said) or 0)


def _number(said: str) -> int:
    return int(said) if said.isdigit() else int(english(said) or 0)
