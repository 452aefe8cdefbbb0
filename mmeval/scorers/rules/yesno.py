"""Yes or no, as each harness reads it."""

from __future__ import annotations

import functools
from collections.abc import Callable

from mmeval.scorers import targets
from mmeval.scorers.base import Extraction, Grade, Scorer, Staged
from mmeval.scorers.readers.polarity import read_yes_no
from mmeval.scorers.rules.choices import own_versions
from mmeval.scorers.rules.vqa import mark_free
from mmeval.types import Sample

Reading = Callable[[str], str | None]


def read_tokens(text: str) -> str | None:
    """The word yes without the word no, or the reverse, after punctuation is removed as in VQA."""
    words = set(mark_free(text.lower()).split())
    if ("yes" in words) == ("no" in words):
        return None
    return "yes" if "yes" in words else "no"


def read_else_yes(text: str) -> str:
    """`no` if the first sentence has the word No, no or not; otherwise `yes`."""
    first = text.split(".", 1)[0] if "." in text else text
    words = first.replace(",", "").split(" ")
    return "no" if {"No", "not", "no"} & set(words) else "yes"


def read_literal(text: str) -> str | None:
    """Exactly `yes` or `no`, in lower case and stripped."""
    said = text.lower().strip()
    return said if said in ("yes", "no") else None


def read_prefix(text: str) -> str | None:
    """`yes`, else `no`, in the first four characters without full stops; or a single y or n."""
    said = text.lower().strip().replace(".", "")
    if len(said) == 1:
        return {"y": "yes", "n": "no"}.get(said)
    return "yes" if "yes" in said[:4] else "no" if "no" in said[:4] else None


def yes_no(*, official: Reading | None = None, lmms: Reading = read_literal) -> Scorer:
    """Yes or no. The target is `yes` or `no` in any case, a bool, or `1` or `0`.

    Args:
        official: the authors' reader (`read_tokens`, `read_else_yes`, ...); mmeval's own if it is None.
        lmms: the reader of lmms-eval 0.7.3.
    """
    tokens = Staged(functools.partial(_reading, read=read_tokens), same_answer)
    own = Staged(_own, same_answer)
    return Scorer(
        name="yes_no",
        version=own_versions(official),
        rules={
            "official": Staged(functools.partial(_reading, read=official), same_answer) if official else own,
            "mmeval": own,
            "vlmevalkit-2024": tokens,
            "vlmevalkit-2026-08": tokens,
            "lmms-0.7.3": Staged(functools.partial(_reading, read=lmms), same_answer),
        },
    )


def _own(text: str, sample: Sample) -> Extraction:
    return read_yes_no(text)


def _reading(text: str, sample: Sample, *, read: Reading) -> Extraction:
    said = read(text)
    return Extraction(said, read.__name__.removeprefix("read_") if said else "unparsed")


def target_answer(sample: Sample) -> str:
    """The target as `yes` or `no`."""
    target = targets.plain(sample.target).strip().strip(".").lower()
    return "yes" if target in ("yes", "1", "true", "y") else "no"


def same_answer(answer: str, sample: Sample) -> Grade:
    """1 if the answer is the target."""
    target = target_answer(sample)
    return Grade(float(answer == target), f"target {target}")
