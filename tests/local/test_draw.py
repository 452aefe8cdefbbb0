"""Drawings: the same numbers give the same bytes, and the picture shows the numbers."""

from __future__ import annotations

import io
import subprocess
import sys
from random import Random

import pytest
from PIL import Image

from mmeval import draw

SCENES = {
    "sequence": lambda rng: draw.sequence(rng, [("red", "circle"), ("blue", "star")]),
    "bars": lambda rng: draw.bars(rng, {"red": 3, "blue": 6}, top=8),
    "grid": lambda rng: draw.grid(rng, {(0, 2): ("green", "square")}),
}


def pixels(png: bytes) -> Image.Image:
    with Image.open(io.BytesIO(png)) as picture:
        return picture.convert("RGB")


def near(picture: Image.Image, colour: str) -> list[tuple[int, int]]:
    """Where a pixel is within the jitter of a named colour."""
    want = draw.COLOURS[colour]
    spots = ((x, y) for y in range(picture.height) for x in range(picture.width))
    return [s for s in spots if all(abs(a - b) <= 16 for a, b in zip(picture.getpixel(s), want, strict=True))]


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_same_seed_same_bytes(scene):
    assert scene(Random(5)) == scene(Random(5))
    assert scene(Random(5)) != scene(Random(6))


def test_shapes_differ_in_area():
    areas = {}
    for shape in draw.SHAPES:
        canvas = draw.Canvas(40, 40)
        canvas.shape(shape, 20, 20, 16, (0, 0, 0))
        areas[shape] = sum(value < 128 for value in pixels(canvas.png()).convert("L").tobytes())
    assert areas["star"] < areas["triangle"] < areas["square"] < areas["circle"]


def test_unknown_shape_names_the_known():
    with pytest.raises(ValueError, match="circle, square, triangle, star"):
        draw.Canvas(8, 8).shape("blob", 4, 4, 2, (0, 0, 0))


@pytest.mark.parametrize("values", [{"red": 1, "blue": 8}, {"green": 5, "purple": 2, "yellow": 7}])
def test_bars_are_as_tall_as_their_values(values):
    picture = pixels(draw.bars(Random(0), values, top=8))
    for colour, value in values.items():
        rows = {y for _, y in near(picture, colour)}
        assert len(rows) == pytest.approx(value * 192 * 0.88 / 8, abs=3)


@pytest.mark.parametrize("cell", [(0, 0), (1, 2), (2, 1)])
def test_grid_puts_things_in_their_cells(cell):
    spots = near(pixels(draw.grid(Random(1), {cell: ("blue", "square")})), "blue")
    middle = [sum(axis) / len(spots) for axis in zip(*spots, strict=True)]
    assert (int(middle[1] // 64), int(middle[0] // 64)) == cell


def test_import_is_light():
    code = "import sys, mmeval.draw; print('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
