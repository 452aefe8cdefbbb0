r"""Values of short LaTeX expressions, computed by a recursive-descent parser. No code is evaluated.

    sum     = product (("+" | "-") product)*
    product = unary (("*" | "/" | ":" | \cdot | \times | \div | juxtaposition) unary)*
    unary   = ("+" | "-") unary | power
    power   = atom ("^" group)?
    atom    = number | \pi | \frac braces braces | \sqrt ["[" sum "]"] braces | "(" sum ")" | braces | "|" sum "|"
    braces  = "{" sum "}"
    group   = one digit | atom

A value is exact if its expression contains neither a square root nor pi.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import NamedTuple

LONGEST = 400
DEEPEST = 40
_PIECE = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<command>\\[a-zA-Z]+|\\.)|(?P<sign>[-+*/:^(){}\[\]|]))")
_TIMES = frozenset(("*", "\\cdot", "\\times", "\\ast"))
_OVER = frozenset(("/", ":", "\\div"))
_ATOMS = frozenset(("(", "{", "|", "\\pi", "\\frac", "\\dfrac", "\\tfrac", "\\sqrt"))


class Value(NamedTuple):
    """A number, and whether it is exact (written without square roots and pi)."""

    number: Fraction | float
    exact: bool


class _NotAnExpressionError(Exception):
    pass


def value_of(text: str) -> Value | None:
    """The value of an expression, or None if it has variables or cannot be parsed."""
    said = text.strip().strip("$")
    if not said or len(said) > LONGEST:
        return None
    try:
        parser = _Parser(_pieces(said))
        value = parser.sum(0)
        if parser.left:
            return None
        return value if math.isfinite(float(value.number)) else None
    except (_NotAnExpressionError, ZeroDivisionError, OverflowError, ValueError):
        return None


def _pieces(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text):
        match = _PIECE.match(text, at)
        if match is None:
            if text[at:].isspace():
                break
            raise _NotAnExpressionError
        found.append(match[0].strip())
        at = match.end()
    return found


class _Parser:
    def __init__(self, pieces: list[str]) -> None:
        self._pieces = pieces
        self._at = 0

    @property
    def left(self) -> bool:
        return self._at < len(self._pieces)

    @property
    def _next(self) -> str:
        return self._pieces[self._at] if self.left else ""

    def _take(self, expected: str = "") -> str:
        piece = self._next
        if not piece or (expected and piece != expected):
            raise _NotAnExpressionError
        self._at += 1
        return piece

    def sum(self, depth: int) -> Value:
        if depth > DEEPEST:
            raise _NotAnExpressionError
        value = self._product(depth)
        while self._next in ("+", "-"):
            sign = 1 if self._take() == "+" else -1
            other = self._product(depth)
            value = Value(value.number + sign * other.number, value.exact and other.exact)
        return value

    def _product(self, depth: int) -> Value:
        value = self._unary(depth)
        while self._next in _TIMES or self._next in _OVER or self._starts_atom():
            over = self._next in _OVER
            if over or self._next in _TIMES:
                self._take()
            other = self._unary(depth)
            number = value.number / other.number if over else value.number * other.number
            value = Value(number, value.exact and other.exact)
        return value

    def _starts_atom(self) -> bool:
        return self._next in _ATOMS or self._next[:1].isdigit() or self._next[:1] == "."

    def _unary(self, depth: int) -> Value:
        sign = 1
        while self._next in ("+", "-"):
            sign = -sign if self._take() == "-" else sign
        value = self._power(depth)
        return Value(sign * value.number, value.exact)

    def _power(self, depth: int) -> Value:
        base = self._atom(depth)
        if self._next != "^":
            return base
        self._take()
        sign = -1 if self._next == "-" and self._take() else 1
        exponent = self._group(depth)
        return raise_to(base, Value(sign * exponent.number, exponent.exact))

    def _group(self, depth: int) -> Value:
        if self._next == "{":
            return self._enclosed("{", "}", depth)
        piece = self._next
        if piece[:1].isdigit() and len(piece) > 1:  # \frac12 and x^23 take one digit each
            self._pieces[self._at : self._at + 1] = [piece[0], piece[1:]]
        return self._atom(depth)

    def _enclosed(self, opening: str, closing: str, depth: int) -> Value:
        self._take(opening)
        value = self.sum(depth + 1)
        self._take(closing)
        return value

    def _atom(self, depth: int) -> Value:
        piece = self._next
        for opening, closing in (("(", ")"), ("{", "}")):
            if piece == opening:
                return self._enclosed(opening, closing, depth)
        if piece == "|":
            inner = self._enclosed("|", "|", depth)
            return Value(inner.number if inner.number >= 0 else -inner.number, inner.exact)
        self._take()
        if piece[:1].isdigit() or piece[:1] == ".":
            return Value(Fraction(piece.rstrip(".")), exact=True)
        if piece == "\\pi":
            return Value(math.pi, exact=False)
        if piece in ("\\frac", "\\dfrac", "\\tfrac"):
            top, bottom = self._enclosed("{", "}", depth), self._enclosed("{", "}", depth)
            return Value(top.number / bottom.number, top.exact and bottom.exact)
        if piece == "\\sqrt":
            return self._root(depth)
        raise _NotAnExpressionError

    def _root(self, depth: int) -> Value:
        square = self._next != "["
        degree = Value(Fraction(2), exact=True) if square else self._enclosed("[", "]", depth)
        root = raise_to(self._enclosed("{", "}", depth), Value(1 / degree.number, degree.exact))
        # The published evaluation treats square roots as roots, and all other roots as powers.
        return root._replace(exact=not square)


def raise_to(base: Value, exponent: Value) -> Value:
    """A power. It is exact if base and exponent are exact and the root is rational."""
    if base.exact and exponent.exact:
        exact = _exact_power(Fraction(base.number), Fraction(exponent.number))
        if exact is not None:
            return Value(exact, exact=True)
    power = float(base.number) ** float(exponent.number)
    if isinstance(power, complex):
        raise _NotAnExpressionError
    return Value(power, exact=False)


def _exact_power(base: Fraction, exponent: Fraction) -> Fraction | None:
    if abs(exponent.numerator) > 64 or exponent.denominator > 64 or max(base.numerator, base.denominator) > 10**30:
        return None
    top, bottom = (_exact_root(part, exponent.denominator) for part in (base.numerator, base.denominator))
    if top is None or bottom is None:
        return None
    return Fraction(top, bottom) ** exponent.numerator


def _exact_root(number: int, degree: int) -> int | None:
    if number < 0:
        return number if degree == 1 else None
    root = round(number ** (1 / degree)) if degree > 1 else number
    return root if root**degree == number else None
