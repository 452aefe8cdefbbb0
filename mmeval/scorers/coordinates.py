"""How a model writes coordinates, as its card or `-o coordinates=` declares it, and what they are as fractions.

A reply such as `[120, 40, 300, 90]` means four different boxes to four model families. Nothing in the reply says which,
so the model's card does; no reading is ever tried because another one fails.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias, get_args

from mmeval.errors import UsageError, nearest
from mmeval.sampling import resized

__all__ = ["FORM", "Convention", "Size"]

Scale: TypeAlias = Literal["pixels", "0-1000", "0-1", "percent"]
Order: TypeAlias = Literal["xyxy", "xywh", "yxyx"]
Size: TypeAlias = tuple[int, int]
"""Width and height in pixels."""

FORM: Final = "SCALE [ORDER] [key=NAME] [multiple=N] [least=N] [most=N], such as `0-1000 xyxy` or `pixels xywh`"
_UNITS: Final[Mapping[str, float]] = MappingProxyType({"0-1000": 1000.0, "0-1": 1.0, "percent": 100.0})
_NUMBER = re.compile(r"(multiple|least|most)=(\d{1,9})")
_KEY = re.compile(r"key=([A-Za-z_]\w{0,40})")
_FOUR: Final = 4


@dataclass(frozen=True, slots=True)
class Convention:
    """What the numbers in a model's replies mean."""

    scale: Scale
    """`pixels` of the picture as it was sent, thousandths of its sides, fractions, or percent."""
    order: Order = "xyxy"
    """Of a box. With `yxyx`, a point is `yx`, too."""
    multiple: int | None = None
    """`pixels` are those of the picture after the model has resized it, with sides that are multiples of this."""
    least: int | None = None
    """Fewest pixels to which the model resizes a picture."""
    most: int | None = None
    """Most pixels to which the model resizes a picture."""
    keys: tuple[str, ...] = ()
    """Names before a place, such as `bbox_2d` in JSON; if there are any, no other numbers are read."""

    @classmethod
    def parse(cls, text: str) -> Convention:
        """Read a declaration; raises UsageError."""
        words = text.replace(",", " ").split()
        kinds = {"scale": get_args(Scale), "order": get_args(Order)}
        found: dict[str, Any] = {}
        for word in words:
            number, key = _NUMBER.fullmatch(word), _KEY.fullmatch(word)
            kind = next((kind for kind, known in kinds.items() if word in known), None)
            if number:
                found[number[1]] = int(number[2])
            elif key:
                found["keys"] = (*found.get("keys", ()), key[1])
            elif kind:
                found[kind] = word
            else:
                known = [*kinds["scale"], *kinds["order"], "key=NAME", "multiple=N", "least=N", "most=N"]
                raise UsageError(f"coordinates {text!r}: {word!r} is unknown{nearest(word, known)}; write {FORM}")
        if "scale" not in found or found.get("multiple") == 0:
            raise UsageError(f"coordinates {text!r}: expected {FORM}")
        if found["scale"] != "pixels" and "multiple" in found:
            raise UsageError(f"coordinates {text!r}: multiple=N is about pixels")
        return cls(**found)

    def __str__(self) -> str:
        numbers = [f"{name}={value}" for name in ("multiple", "least", "most") if (value := getattr(self, name))]
        return " ".join([self.scale, self.order, *(f"key={key}" for key in self.keys), *numbers])

    def fractions(self, numbers: Sequence[float], sent: Size) -> list[float]:
        """A point (two numbers) or a box (four) as fractions of the sides of the picture: x, y or x1, y1, x2, y2."""
        order = self.order if len(numbers) == _FOUR else self.order[:2]
        x, y, *rest = numbers if order[0] == "x" else [numbers[1], numbers[0], *numbers[3:1:-1]]
        width, height = self._sides(sent)
        near = [x / width, y / height]
        far = [rest[0] / width, rest[1] / height] if rest else []
        if rest and self.order == "xywh":
            far = [near[0] + far[0], near[1] + far[1]]
        return near + far

    def numbers(self, fractions: Sequence[float], sent: Size) -> list[float]:
        """What a model writes for a point (two fractions) or a box (four); the inverse of `fractions`."""
        width, height = self._sides(sent)
        x, y, *far = (part * side for part, side in zip(fractions, (width, height) * 2, strict=False))
        if far and self.order == "xywh":
            far = [far[0] - x, far[1] - y]
        return [x, y, *far] if self.order[0] == "x" else [y, x, *far[::-1]]

    def _sides(self, sent: Size) -> tuple[float, float]:
        if self.scale != "pixels":
            return (_UNITS[self.scale],) * 2
        if self.multiple:  # what the model has made of the picture
            return resized(sent, multiple=self.multiple, least=self.least, most=self.most)
        return sent
