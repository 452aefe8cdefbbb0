"""How steady a film is, from its pixels alone."""

from __future__ import annotations

import math

from mmeval.media.decoder import Job, decoder
from mmeval.scorers.base import Scorer
from mmeval.types import Reply, Sample, Score

__all__ = ["flickering"]


def steady(sample: Sample, reply: Reply) -> Score:
    """(255 - d) / 255, where d is the mean absolute difference of two frames in a row; raises MediaError."""
    del sample
    film = next(one for one in reply.media if one.kind == "video")
    found = decoder().want(Job("changes", film)).result().meta["changes"]
    change = math.fsum(found) / len(found)
    return Score(
        value=(255 - change) / 255,
        answer=f"{change:.3f} of 255 from frame to frame",
        rule="flickering",
        note=f"most {max(found):.3f}, {len(found) + 1} frames",
    )


def flickering() -> Scorer:
    """Temporal flickering of VBench, without its filter for films that move (Huang et al., CVPR 2024, 3.2)."""
    return Scorer(name="flickering", rules={"mmeval": steady}, version=1)
