"""What a model answered, as people and judges are shown it: a text, or what it made, from files of the run folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mmeval import media
from mmeval.documents import special
from mmeval.errors import MMEvalError
from mmeval.types import Audio, Image, Media, Record, Video

__all__ = ["MADE", "Said", "kinds_of", "said_of"]

LONGEST_REPLY = 20_000
"""Longest reply that a page shows, in characters."""
MADE: Mapping[str, str] = {"image": "made images", "audio": "made sounds", "video": "made films"}
"""Category of the comparisons of what models made, by its kind: each is a track of its own."""
Made = Image | Audio | Video
_TYPES: Mapping[str, tuple[str, ...]] = {"image": ("image",), "audio": ("audio", "video"), "video": ("video",)}
"""How types of each kind begin; a sound may lie in an MP4 file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One reply."""

    text: str = ""
    made: tuple[Made, ...] = ()
    """Images, sounds and films, each a file of the run folder."""
    missing: bool = False
    """Whether the reply holds media that are not there."""

    @property
    def content(self) -> tuple[str, ...]:
        """Equal for replies between which there is nothing to choose."""
        return (self.text.strip(), *(one.sha256 for one in self.made))


def said_of(record: Record, folder: Path) -> Said | None:
    """The reply of a record as far as people can compare it; None for a failure, a refusal or a reply without content.

    Args:
        record: of a run.
        folder: of the media of that run.
    """
    reply = record.reply
    if record.status not in ("ok", "truncated") or record.epoch != 1 or reply is None:
        return None
    if not (reply.text.strip() or reply.media):
        return None
    made = [_here(one, folder) for one in reply.media]
    text, found = reply.text[:LONGEST_REPLY], tuple(one for one in made if one)
    return Said(text=text, made=found, missing=len(found) < len(made))


def _here(named: Media, folder: Path) -> Made | None:
    """The file of one item, with the type that its bytes say; None if it is a link or holds something else."""
    file = folder / (named.path or folder).name
    try:
        if folder.is_symlink() or file.is_symlink() or special(file):
            return None
        found = media.of_kind(named.kind, file)
    except (MMEvalError, OSError):
        return None
    right = found.sha256 == named.sha256 and found.mime.startswith(_TYPES[named.kind])
    return found if right else None


def kinds_of(replies: Iterable[Said]) -> frozenset[str]:
    """The kinds of what was made."""
    return frozenset(one.kind for reply in replies for one in reply.made)
