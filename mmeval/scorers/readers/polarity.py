"""mmeval's own reading of a reply to a yes-or-no question.

    answer     = ("yes" | "no") at the beginning or at the end of a clause
    confirming = "definitely" | "it is" | "I think so" | (("it" | "the statement") "is")? ("correct" | "wrong")
    existence  = "there is a ..." | "there is no ..." | "I see no ..." | "it is not visible" | "the man is not ..."
    refusal    = "no image ..." | "not sure" | "cannot tell" | "not enough ..."

A "not" turns a confirmation round. Answers count before confirmations, and these before statements of existence. A
later answer replaces an earlier one only with a cue (`so`, `wait`, `I say`). A refusal is no answer unless one follows
with a cue; questions, guesses and `yes or no` are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mmeval.scorers.base import Extraction
from mmeval.scorers.readers.lexer import Lexed, lex, prose
from mmeval.scorers.readers.structure import structured

_WORDS = {
    "Y": "yes yeah yep yup yea y affirmative ✅ ✓ ✔ 是的 对的 有的 没错 是肯定的",
    "N": "no nope nah n negative ❌ ✗ ✘ 否 是否定的",
    "D": "definitely absolutely certainly indeed exactly sure surely totally entirely 当然 完全 肯定 确实 的确",
    "r": "correct right true supported accurate 对 正确",
    "w": "incorrect wrong false untrue inaccurate unsupported contradicted refuted 不对 错 错误 不正确",
    "E": "see sees seen visible present shown show shows contain contains include includes appear appears depict "
    "depicts depicted exist exists find spot identify observe there 有 存在 看到 看见 出现 显示 包含 含有",
    "M": "image images picture pictures photo photograph figure attachment clue mind "
    "opinion response reply preference file information info idea way data context comment answer "
    "question means detail details 图片 图像 照片 信息 办法 答案 依据",
    "S": "statement description claim assertion sentence caption hypothesis premise proposition 说法 陈述 描述",
    "K": "legible readable clear provided attached available specified given mentioned uploaded determined enough able "
    "possible applicable depends unknown undetermined 提供 上传 判断 确认 辨认 回答",
    "U": "does do did can would will has have",
    "b": "holds",
    "x": "nothing",
    "A": "a an some one two three several many multiple at 一 一个",
    "t": "suppose",
}
_OVERLAY = {word: symbol for symbol, words in _WORDS.items() for word in words.split()} | dict.fromkeys(
    ("think so", "seems so", "for sure", "believe so", "guess so", "of course"), "D"
)
_PLAIN = re.compile(r"[\s*_`\"'(\[{$#]{0,6}(?:(?P<yes>yes|true)|(?P<no>no|false))[\s*_`\"')\]}.!$]{0,6}", re.IGNORECASE)
_SENTENCE = re.compile(r"[^./?]+[./?]*")
_PART = re.compile(r"[^,:us<]+|[,:us<]")
_EXPLICIT = re.compile(r"(?P<cue>.*?)(?P<said>[YN])(?P<rest>.*)")
_BARE = re.compile(
    r"(?:(?P<yes>[iv]?D+[bE]?|[aM]b[bE]|(?:i|E)b|iU|b|E|i?Ds)|(?P<no>[iv]?D*nD*|D+n|(?:i|E)(?:z|b?U?n)[xoA]?|[aM]b[nz]|n(?:\+[iMx]{0,3}|iiUE)|D*z(?:ix?|x)?|in))"
)
_PREDICATE = re.compile(r"[sSic]*(?:[iSa]+U?)?(?P<be>b?|z|U)(?P<not>n{0,2})b?D?(?P<said>[rw])(?P<rest>(?:[i+].*)?)")
_ABSENT = re.compile(
    r"N[xAE]|E[bmU]*[zn]|[zn]b?[xA]?E|Eb?m?N|^[xAE+M]{0,5}n[xA]|[xAE+]n$|^i(?:z|bn)[xEA]|^[iM]?[xSA+]{1,5}(?:z|b?n|Un|nb)[xEA+]"
)
_MISSING = re.compile(r"[nzN]b?[xEUA]{0,3}[MK]|^M[+x]{0,2}(?:z|bn|Un|n)x?[EK]$|^M(?:z|bn|Un|n)x$|k|K$|^N[/]N|h")
_PRESENT = re.compile(r"^(?:[sicuM+U]|x\+)*Eb?A|^Eb?A|^Ex{1,4}$|^[xM+]{1,3}EA")
_DOUBTED = re.compile("in(?=[iS]|Eb)")
_CERTAIN = re.compile("^iD(?=[iSEx])")
_NONE = Extraction(None, "unparsed")


class _Said(NamedTuple):
    """What a clause says: +1 or -1, how plainly (3 is an answer with a cue), and the token that says it."""

    sign: int
    strength: int
    rule: str
    token: int


def read_yes_no(text: str) -> Extraction:
    """Find `yes` or `no` in a reply."""
    plain = _PLAIN.fullmatch(text) if len(text) <= 20 else None
    if plain:
        return Extraction(str(plain.lastgroup), "bare", plain.span(str(plain.lastgroup)))
    place = structured(text)
    start, end, rule = (place.start, place.end, place.rule) if place else (0, len(text), "")
    said = lex(text[start:end])
    found = _resolve(list(_clauses(said)))
    if found is None:
        return _NONE
    begin, stop = said.span(found.token)
    return Extraction("yes" if found.sign > 0 else "no", rule or found.rule, (begin + start, stop + start))


def denies_existence(text: str) -> bool:
    """Whether a reply says that there is none of what it was asked for: `There are no dogs`, `none`, `没有`."""
    found = _resolve(list(_clauses(lex(text))))
    return found is not None and found.sign < 0


def _clauses(said: Lexed) -> Iterator[_Said | None]:
    """What each clause says; None for a refusal."""
    symbols = prose(said.symbols, keep=True)
    get = _OVERLAY.get
    own = "".join([get(token.lower(), symbol) for token, symbol in zip(said.tokens, symbols, strict=True)])
    cue = ""
    for sentence in _SENTENCE.finditer(own):
        if "?" in sentence[0]:
            continue
        cue = cue if cue == "c" else ""
        for part in _PART.finditer(sentence[0].rstrip("./"), 0):
            begin = sentence.start() + part.start()
            if part[0] in ",:us<":
                cue = part[0] if part[0] != "," else cue
                continue
            kept = part[0].replace("t", "")
            found = _clause(kept, cue, begin) if kept else _SILENT
            if found is not _SILENT:
                yield found
            cue = "c" if kept.endswith("c") else "a" if kept.endswith("a") else ""


_SILENT = _Said(0, 0, "", 0)


def _clause(symbols: str, cue: str, at: int) -> _Said | None:
    """What a clause says, _SILENT if nothing."""
    said = set(symbols) & {"Y", "N"}
    if said and not re.search("N[xAEMK]", symbols):
        return _explicit(symbols, cue, at, said)
    if cue == "<":
        return _SILENT
    if _DOUBTED.match(symbols):
        inner = _clause(symbols[2:], cue, at)
        return inner and inner._replace(sign=-inner.sign)
    if _MISSING.search(symbols) and not _PREDICATE.fullmatch(symbols):
        return None
    symbols = _CERTAIN.sub("", symbols)
    bare = _BARE.fullmatch(symbols.lstrip("cj"))
    if bare:
        return _Said(1 if bare["yes"] else -1, 2, "confirmed", at)
    predicate = _PREDICATE.fullmatch(symbols)
    if predicate:
        return _Said(_sign(predicate), 2, "confirmed", at)
    if re.search("[fp]", symbols):
        return _SILENT
    if _ABSENT.search(symbols):
        return _Said(-1, 1, "existence", at)
    return _Said(1, 1, "existence", at) if _PRESENT.search(symbols) else _SILENT


def _explicit(symbols: str, cue: str, at: int, said: set[str]) -> _Said | None:
    match = _EXPLICIT.fullmatch(symbols)
    assert match is not None
    before, rest = match["cue"], match["rest"]
    if len(said) > 1:
        turned = re.search("nYU?NU?$|nNU?Y$", symbols)
        return _Said(1 if symbols[-1] == "Y" else -1, 3, "declared", at) if turned else None
    if re.search("[hfkK]|p(?!.*c)", before) or re.search("[hfp]", rest[:1]):
        return None
    given = before[-1:] in tuple("vaMA") and rest.startswith("+")  # "I'd answer no to that"
    if before.strip("jxc") and rest and match["said"] == "N" and not given:
        return _SILENT
    sign = 1 if match["said"] == "Y" else -1
    sign = -sign if re.search("[nzw]", before) else sign
    claimed = bool(before.strip("j")) or cue in tuple("sucav:")
    return _Said(sign, 3 if claimed else 2, "declared" if claimed else "leading", at)


def _sign(match: re.Match[str]) -> int:
    turns = (match["be"] == "z") + len(match["not"]) + (match["said"] == "w")
    turns += bool(re.search("[nzN]", match["rest"])) if match["rest"] else 0
    return -1 if turns % 2 else 1


def _resolve(found: list[_Said | None]) -> _Said | None:
    """The answer of a reply, given what its clauses say."""
    said = [one for one in found if one is not None]
    refused = len(said) < len(found)
    answers = [one for one in said if one.rule in ("declared", "leading")]
    if answers:
        last = answers[-1]
        if last.strength == 3 or (not refused and len({one.sign for one in answers}) == 1):
            return last
        return None
    for strength in (2, 1):
        level = [one for one in said if one.strength == strength]
        if level:
            return level[0] if len({one.sign for one in level}) == 1 and not refused else None
    return None
