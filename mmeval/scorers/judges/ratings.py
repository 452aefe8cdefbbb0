"""Judges that rate a reply: on a scale, or by the parts of an instruction."""

from __future__ import annotations

import json
from typing import Any

from mmeval.documents import MALFORMED
from mmeval.errors import ScoreError
from mmeval.scorers.base import Scorer
from mmeval.scorers.judges.base import LONGEST, Judge, Verdict
from mmeval.types import Sample

__all__ = ["instructed", "truthful"]

HIGHEST = 6


def read_rating(text: str, sample: Sample) -> Verdict:
    """Read JSON with a `rating` from 0 to 6."""
    rating = parsed(text).get("rating")
    if not isinstance(rating, int) or isinstance(rating, bool) or not 0 <= rating <= HIGHEST:
        raise ScoreError(f"{text[:60]!r} has no rating from 0 to {HIGHEST}")
    return Verdict(rating / HIGHEST, "made up" if 2 * rating < HIGHEST else "truthful", f"rating {rating}")


def read_points(text: str, sample: Sample) -> Verdict:
    """Read JSON with `points`, one number for each part."""
    worth, given = [float(x) for x in sample.tags["worth"].split(",")], parsed(text).get("points")
    if not isinstance(given, list) or len(given) != len(worth):
        raise ScoreError(f"{text[:60]!r} has no points for {len(worth)} parts")
    if not all(isinstance(x, int | float) and 0 <= x <= most for x, most in zip(given, worth, strict=True)):
        raise ScoreError(f"{text[:60]!r} gives more or less than a part is worth")
    return Verdict(
        sum(given) / sum(worth),
        "judged",
        "points " + ", ".join(f"{x:g}/{y:g}" for x, y in zip(given, worth, strict=True)),
    )


def parsed(text: str) -> dict[str, Any]:
    """The JSON object in a verdict; empty if there is none."""
    start, end = text.find("{"), text.rfind("}")
    try:
        found = json.loads(text[start : end + 1]) if 0 <= start < end < start + LONGEST else None
    except MALFORMED:
        found = None
    return found if isinstance(found, dict) else {}


TRUTHFUL = Judge(
    name="truthful",
    template="""Rate a model's answer to a question about a picture. You do not see the picture; this is known about it:
{kind}

Question:
{question}

An answer that is right:
{gold}

Model's answer:
{answer}

Something is made up if the answer says of the picture what is neither known about it nor in the right answer, or what
contradicts them. General knowledge and caution are not made up. Ratings, by how much the answer tells:
6, 5, 4, 3: nothing is made up; very informative with analysis, very informative, somewhat informative, not informative.
2, 1, 0: something is made up; very informative, somewhat informative, not informative.
Reply with JSON only: {"rating": 0 to 6}.""",
    read=read_rating,
    schema={
        "type": "object", "properties": {"rating": {"type": "integer", "enum": list(range(HIGHEST + 1))}},
        "required": ["rating"], "additionalProperties": False,
    },
)  # fmt: skip


def truthful() -> Scorer:
    """A judge rates how informative a reply is and whether it makes things up, 0 to 6; the value is the rating over 6.

    The tag `kind` says what is in the picture.
    """
    return Scorer(name="truthful", version=1, rules={"official": TRUTHFUL, "mmeval": TRUTHFUL})


INSTRUCTED = Judge(
    name="instructed",
    template="""An instruction about the picture has several parts, each worth some points:

{gold}

The whole instruction:
{question}

The reply:
{answer}

Give each part points from 0 to what it is worth, for how well the reply does it. Be strict. Reply with JSON only:
{"points": [...]}, with one number for each part, in order.""",
    read=read_points,
    media=True,
)


def instructed() -> Scorer:
    """A judge that sees the picture gives points for each part of an instruction; the value is their share.

    The target lists the parts; the tag `worth` holds their points, as in `2,8`.
    """
    return Scorer(name="instructed", version=1, rules={"official": INSTRUCTED, "mmeval": INSTRUCTED})
