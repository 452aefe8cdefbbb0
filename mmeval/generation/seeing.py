"""What can be seen in an image without a model: coloured things on a plain background, their place, colour and form."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from mmeval import draw
from mmeval.media.images import decoded
from mmeval.types import Image

if TYPE_CHECKING:
    import numpy as np

    Pixels: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
    Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

__all__ = ["Thing", "colours", "foreground", "pixels", "things"]

SIDE = 384
"""Longest side in pixels at which images are looked at."""
APART = 22.0
"""Distance in CIELAB (CIE 1976) from which a pixel does not belong to the background."""
SMALLEST = 0.0012
"""Share of the image below which something is a speck, not a thing."""
SEEN: dict[str, tuple[tuple[int, int, int], ...]] = {
    "red": ((214, 48, 49), (255, 0, 0), (180, 20, 30)),
    "green": ((46, 160, 67), (0, 128, 0), (0, 255, 0), (60, 200, 90)),
    "blue": ((52, 90, 220), (0, 0, 255), (30, 120, 220), (20, 40, 140)),
    "yellow": ((240, 200, 40), (255, 255, 0), (255, 220, 0), (250, 190, 40)),
    "purple": ((146, 64, 180), (128, 0, 128), (160, 32, 240)),
    "black": ((32, 32, 36), (0, 0, 0), (60, 60, 60)),
    "white": ((255, 255, 255),), "grey": ((128, 128, 128), (180, 180, 180)),
    "orange": ((255, 140, 0), (255, 165, 0)), "pink": ((255, 105, 180), (255, 192, 203)),
    "brown": ((139, 69, 19), (101, 67, 33)), "cyan": ((0, 255, 255), (64, 200, 210)),
}  # fmt: skip
"""Shades by the name of their colour: what people call red is more than one red."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Connected pixels that are not background. Lengths and places are shares of the longest side of the image."""

    x: float
    """Of its centre, from the left."""
    y: float
    """Of its centre, from the top."""
    left: float
    top: float
    right: float
    bottom: float
    area: float
    colour: str
    form: str
    """`circle`, `square`, `triangle`, `star`, `rectangle` or `other`."""


def pixels(image: Image) -> Pixels:
    """RGB from 0 to 255, height x width x 3, at most SIDE pixels wide and high; raises MediaError."""
    import numpy as np
    from PIL import Image as Pillow

    opened = decoded(image).convert("RGBA")
    white = Pillow.new("RGBA", opened.size, "white")
    white.alpha_composite(opened)
    white.thumbnail((SIDE, SIDE))
    return np.asarray(white.convert("RGB"), dtype=np.float64)


def things(rgb: Pixels, *, smallest: float = SMALLEST) -> list[Thing]:
    """Every thing of at least this share of the image, the largest first."""
    import numpy as np
    from scipy import ndimage

    mask = foreground(rgb)
    labels, _ = ndimage.label(mask, structure=np.ones((3, 3)))
    whole = mask.shape[0] * mask.shape[1]
    found = []
    for number, where in enumerate(ndimage.find_objects(labels), 1):
        own = labels[where] == number
        if own.sum() >= smallest * whole:
            found.append(_thing(own, rgb[where], (where[1].start, where[0].start), max(mask.shape)))
    return sorted(found, key=lambda thing: -thing.area)


def foreground(rgb: Pixels) -> Mask:
    """Which pixels are not background: the background is the colour that is most frequent along the edge."""
    import numpy as np
    from scipy import ndimage

    lab = to_lab(rgb)
    edge = np.concatenate([lab[0], lab[-1], lab[:, 0], lab[:, -1]])
    rounded, counts = np.unique(np.round(edge / 8), axis=0, return_counts=True)
    near = np.linalg.norm(edge - 8 * rounded[counts.argmax()], axis=1) < APART
    mask: Mask = np.linalg.norm(lab - np.median(edge[near], axis=0), axis=2) > APART
    opened: Mask = ndimage.binary_opening(mask, structure=np.ones((2, 2)))  # specks of noise and of compression
    return opened


def colours(rgb: Pixels) -> str:
    """The name of the colour of some pixels, n x 3: the nearest shade to their median."""
    import numpy as np

    names, shades = _shades()
    own = to_lab(np.median(rgb, axis=0)[None, None])[0, 0]
    return str(names[int(np.linalg.norm(shades - own, axis=1).argmin())])


@cache
def _shades() -> tuple[list[str], Any]:
    import numpy as np

    pairs = [(name, shade) for name, some in SEEN.items() for shade in (*some, *_own(name))]
    return [name for name, _ in pairs], to_lab(np.array([[shade for _, shade in pairs]], dtype=float))[0]


def _own(name: str) -> list[tuple[int, int, int]]:
    return [draw.COLOURS[name]] if name in draw.COLOURS else []


def to_lab(rgb: Pixels) -> Pixels:
    """CIELAB of sRGB pixels, white point D65 (IEC 61966-2-1; CIE 15:2004)."""
    import numpy as np

    linear = np.where(rgb / 255 <= 0.04045, rgb / 255 / 12.92, ((rgb / 255 + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = linear @ matrix.T / (0.9505, 1.0, 1.089)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def _thing(own: Mask, rgb: Pixels, corner: tuple[int, int], side: int) -> Thing:
    from scipy import ndimage

    inner = ndimage.binary_erosion(own)  # the edge is a mixture of two colours
    rows, columns = own.nonzero()
    x, y = float(columns.mean()) + corner[0] + 0.5, float(rows.mean()) + corner[1] + 0.5
    return Thing(
        x / side, y / side, corner[0] / side, corner[1] / side,
        (corner[0] + own.shape[1]) / side, (corner[1] + own.shape[0]) / side,
        float(own.sum()) / side**2, colours(rgb[inner if inner.any() else own]), form(own),
    )  # fmt: skip


def form(own: Mask) -> str:
    """What a mask looks like, by the area that it fills of its convex hull and of the smallest rectangle around it."""
    import numpy as np
    from scipy import ndimage
    from scipy.spatial import ConvexHull, QhullError

    filled = np.pad(ndimage.binary_fill_holes(own), 1)
    points = np.argwhere(filled)
    try:
        hull = ConvexHull(np.concatenate([points + corner for corner in ((0, 0), (0, 1), (1, 0), (1, 1))]))
    except QhullError:
        return "other"
    area = float(filled.sum())
    long, short = _rectangle(hull.points[hull.vertices])
    solid, extent, aspect = area / hull.volume, area / (long * short), long / short
    if solid < 0.8:
        return "star" if solid > 0.35 and aspect < 1.35 and _tips(filled) == 5 else "other"
    if extent > 0.88:
        return "square" if aspect < 1.2 else "rectangle"
    if 0.42 < extent < 0.66 and solid > 0.88:
        return "triangle"
    return "circle" if 0.70 < extent < 0.86 and aspect < 1.2 and solid > 0.9 else "other"


def _rectangle(hull: Pixels) -> tuple[float, float]:
    """Long and short side of the smallest rectangle around a convex hull; one of its sides lies on the hull."""
    import numpy as np

    edges = np.diff(hull, axis=0, append=hull[:1])
    sizes: list[tuple[float, float]] = []
    for angle in np.unique(np.round(np.arctan2(edges[:, 0], edges[:, 1]) % (math.pi / 2), 3)):
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        height, width = np.ptp(hull @ turn, axis=0)
        sizes.append((float(height), float(width)))
    short, long = sorted(min(sizes, key=math.prod))
    return long, max(1.0, short)


def _tips(filled: Mask) -> int:
    """How many separate parts of a mask stick out of the circle of its mean radius."""
    import numpy as np
    from scipy import ndimage

    points = np.argwhere(filled)
    away = np.linalg.norm(points - points.mean(axis=0), axis=1)
    out = np.zeros_like(filled)
    out[tuple(points[away > 0.68 * away.max()].T)] = True
    labels, count = ndimage.label(out, structure=np.ones((3, 3)))
    sizes = np.bincount(labels.ravel())[1 : count + 1]
    return int((sizes > 0.1 * sizes.max(initial=0)).sum())
