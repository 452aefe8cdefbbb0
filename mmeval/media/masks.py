"""Masks: black pictures with a white area, as the runs of white pixels in their rows."""

from __future__ import annotations

from mmeval.media.images import decoded
from mmeval.types import JSON, Image

WHITE = 128
"""The least grey of what counts as white; of a picture with several channels, the first one is read."""


def runs(picture: Image) -> dict[str, JSON]:
    """The `size` (width, height) of a mask, and its `runs`: row, first column and length of each.

    Raises:
        MediaError: the picture cannot be decoded.
    """
    import numpy as np

    opened = decoded(picture)
    white = np.asarray(opened.getchannel(0) if opened.mode not in ("1", "I;16") else opened.convert("L")) >= WHITE
    edges = np.diff(np.pad(white.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    _, ends = np.nonzero(edges == -1)
    found = [[int(row), int(start), int(end - start)] for row, start, end in zip(rows, starts, ends, strict=True)]
    return {"size": list(opened.size), "runs": found}
