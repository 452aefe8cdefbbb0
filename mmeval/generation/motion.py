"""Whether a film moves, by the optical flow between its frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from mmeval.errors import ScoreError
from mmeval.media.decoder import Job, decoder
from mmeval.sampling import video_policy
from mmeval.scorers.base import Scorer
from mmeval.scorers.identity import joined
from mmeval.types import Prompt, Reply, Request, Sample, Score, Video

__all__ = ["moving"]

RATE = 8
"""Frames per second that are compared, about: every n-th one, where n is a whole number."""
FAR = 6.0
"""Pixels of an image whose shorter side is 256: what moves further from frame to frame, moves."""
SHARE = 4
"""A film moves if one step of so many does."""
MOST = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """A rule that asks a judge how far each frame has moved from the one before; the value is 1 for a film that moves.

    Every n-th frame is compared, with n = max(1, round(frames per second / 8)). A step counts if its motion is above 6
    pixels at a shorter side of 256, and a film of k such frames moves if round(k / 4) steps count, at least one.
    """

    name: str = "moving"

    @property
    def stages(self) -> tuple[Any, ...]:
        """The functions that decide the value."""
        return (every_nth, steps)

    @property
    def digest(self) -> str:
        """sha256 of what is asked, hexadecimal."""
        return joined([self.name, *map(str, (RATE, FAR, SHARE, MOST))])

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Request | Score:
        """The one request; raises MediaError."""
        del sample
        film = next(one for one in reply.media if isinstance(one, Video))
        return Request(prompt=(every_nth(film),), want="choice", choices=("motion",))

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Request | Score:
        """Whether enough steps are far; raises ScoreError for scores that are no motion."""
        del sample, reply
        found = steps(verdicts[-1].scores)
        needs, far = max(1, round((len(found) + 1) / SHARE)), sum(one > FAR for one in found)
        note = f"{needs} are needed, of more than {FAR:g} pixels; the longest has {max(found, default=0.0):.2f}"
        answer = f"{far} of {len(found)} steps move"
        return Score(value=float(far >= needs), answer=answer, rule=f"judge:{self.name}", note=note)


def every_nth(film: Video) -> Video:
    """The film up to the last frame that counts, with the policy that takes every n-th; raises MediaError."""
    whole = replace(film, policy=None, subtitles=None, start=None, end=None)
    about = decoder().want(Job("probe", whole)).result().meta
    frames, rate = about["frames"], about["frames"] / about["seconds"]
    apart = max(1, round(round(rate, 1) / RATE))  # lengths are rounded, and 11.99 is meant to be 12
    count = min(MOST, (frames - 1) // apart + 1)
    return replace(whole, end=((count - 1) * apart + 0.5) / rate, policy=video_policy(f"frames={count},rule=ends"))


def steps(scores: Sequence[float]) -> Sequence[float]:
    """The motion of each frame but the first, whose motion is 0; raises ScoreError where it is not."""
    if not scores or scores[0] != 0 or any(one < 0 for one in scores):
        raise ScoreError("the judge does not measure motion; ask one that does: flow/")
    return scores[1:]


def moving() -> Scorer:
    """Dynamic degree of VBench, by a judge `flow/...`: 1 for a film that moves (Huang et al., CVPR 2024, 3.2)."""
    return Scorer(name="moving", version=1, rules={"mmeval": Moving()})
