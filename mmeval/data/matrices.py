"""Progressive matrices: RAVEN's npz problems, drawn as a matrix and a sheet of eight labelled candidates."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmeval.data.remote import OwnData, data_root
from mmeval.errors import DataError
from mmeval.types import JSON, Row

if TYPE_CHECKING:
    from PIL import Image as Pillow

PANEL, GAP, LABEL = 160, 8, 24
CONFIGURATIONS = (
    "center_single", "distribute_four", "distribute_nine", "left_center_single_right_center_single",
    "up_center_single_down_center_single", "in_center_single_out_center_single",
    "in_distribute_four_out_center_single",
)  # fmt: skip
"""The seven folders: centre, 2x2, 3x3, left-right, up-down, out-in-centre, out-in-grid."""


@dataclass(frozen=True, slots=True)
class Matrices(OwnData):
    """The test problems of a folder of `<configuration>/*_test.npz`."""

    name: str
    how: str

    @property
    def path(self) -> Path:
        """The folder that must contain the configurations."""
        return data_root() / self.name

    @property
    def where(self) -> str:
        """The source's name in error messages."""
        return str(self.path)

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Draw the problems by configuration and number: id, configuration, target, matrix, candidates."""
        for name in self.fetch(offline=offline):
            file = Path(name)
            configuration = file.parent.name
            yield {"id": f"{configuration}/{file.stem}", "configuration": configuration, **_problem(file)}

    def pin(self) -> dict[str, JSON]:
        """Name and files."""
        return {key: value for key, value in self.describe().items() if key != "kind"}

    def fetch(self, *, offline: bool = False) -> list[str]:
        """The problems by configuration and number; raises DataError when the folders are missing."""
        del offline
        missing = [name for name in CONFIGURATIONS if not (self.path / name).is_dir()]
        if missing:
            raise DataError(f"{self.path / missing[0]} does not exist; {self.how}")
        folders = [sorted((self.path / name).glob("*_test.npz"), key=_number) for name in CONFIGURATIONS]
        return [str(file) for files in folders for file in files]

    def describe(self) -> Mapping[str, JSON]:
        """Name and kind."""
        return {"kind": "supplied", "id": self.name, "path": "*/*_test.npz"}


def matrices(name: str, *, how: str) -> Matrices:
    """RAVEN-style problems that the user has unpacked to `$MMEVAL_DATA/<name>` or `data/<name>`."""
    return Matrices(name, how)


def _number(file: Path) -> tuple[int, str]:
    found = re.search(r"\d+", file.stem)
    return (int(found[0]) if found else 0, file.name)


def _problem(file: Path) -> dict[str, Any]:
    import numpy as np

    try:
        with np.load(file, allow_pickle=False) as arrays:
            panels, target = np.asarray(arrays["image"], dtype=np.uint8), int(arrays["target"])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(f"{file}: {type(error).__name__}: {error}") from None
    if panels.shape != (16, PANEL, PANEL) or not 0 <= target < 8:
        raise DataError(f"{file}: panels of shape {panels.shape}, target {target}; expected (16, 160, 160) and 0 to 7")
    return {
        "target": target,
        "matrix": {"bytes": _matrix(panels[:8])},
        "candidates": {"bytes": _candidates(panels[8:])},
    }


def _matrix(panels: Any) -> bytes:
    """Three by three panels with a question mark in the last."""
    sheet = _blank(3, 3, label=0)
    for index, panel in enumerate(panels):
        _paste(sheet, panel, index % 3, index // 3, label=0)
    x = y = GAP + 2 * (PANEL + GAP)
    _write(sheet, "?", x + PANEL // 2, y + PANEL // 2, size=80)
    return _png(sheet)


def _candidates(panels: Any) -> bytes:
    """Two rows of four panels, each with its letter above."""
    sheet = _blank(4, 2, label=LABEL)
    for index, panel in enumerate(panels):
        column, row = index % 4, index // 4
        _paste(sheet, panel, column, row, label=LABEL)
        x = GAP + column * (PANEL + GAP) + PANEL // 2
        _write(sheet, "ABCDEFGH"[index], x, GAP + row * (PANEL + GAP + LABEL) + LABEL // 2, size=20)
    return _png(sheet)


def _blank(columns: int, rows: int, *, label: int) -> Pillow.Image:
    from PIL import Image as Pillow

    size = (GAP + columns * (PANEL + GAP), GAP + rows * (PANEL + GAP + label))
    return Pillow.new("L", size, 200)


def _paste(sheet: Pillow.Image, panel: Any, column: int, row: int, *, label: int) -> None:
    from PIL import Image as Pillow

    corner = (GAP + column * (PANEL + GAP), GAP + row * (PANEL + GAP + label) + label)
    sheet.paste(Pillow.fromarray(panel), corner)


def _write(sheet: Pillow.Image, text: str, x: int, y: int, *, size: int) -> None:
    from PIL import ImageDraw, ImageFont

    ImageDraw.Draw(sheet).text((x, y), text, fill=0, font=ImageFont.load_default(size), anchor="mm")


def _png(sheet: Pillow.Image) -> bytes:
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()
