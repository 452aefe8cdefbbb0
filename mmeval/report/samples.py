"""The samples of one run for people: question, picture, reply, target, answer, rule and score; failures by cause."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mmeval.errors import StoreError
from mmeval.store import OPEN, Files, Run, StoredPart, StoredSample, read_samples
from mmeval.types import JSON, Media, Record, Status

__all__ = [
    "Group",
    "Line",
    "grouped",
    "is_error",
    "is_unparsed",
    "is_wrong",
    "labelled",
    "last",
    "picture",
    "questions",
]

_VARIES = re.compile(r"[0-9a-f]{8,}|\d+", re.IGNORECASE)
"""What differs between two messages about the same fault: ids, counts, seconds."""
_WITHOUT_MESSAGE = {
    "refused": "the model refused to answer",
    "filtered": "the provider filtered the reply",
    "empty": "the reply is empty",
}


@dataclass(slots=True)
class Group:
    """Samples that failed alike."""

    status: Status
    message: str
    """What the first of them said."""
    n: int


def is_wrong(record: Record, wrong: float = 0.0) -> bool:
    """Whether a record has a score that is not all right; `wrong` is the score of what is wrong, 0 or 1."""
    return record.score is not None and abs(record.score.value - wrong) < 1


def is_error(record: Record) -> bool:
    """Whether a record has no reply that could be scored."""
    return record.status not in ("ok", "truncated")


def is_unparsed(record: Record) -> bool:
    """Whether a record has a score, but the scorer found no answer."""
    return record.score is not None and record.score.answer is None


def last(records: Iterable[Record]) -> Iterator[Record]:
    """The records that count: of a sample that was asked again, the last one. Those that may be asked again come last.

    Only those are held in memory, for a journal may have a million records.
    """
    pending: dict[tuple[str, int], Record] = {}
    for record in records:
        pending.pop((record.id, record.epoch), None)
        if record.status in OPEN:
            pending[record.id, record.epoch] = record
        else:
            yield record
    yield from pending.values()


def grouped(records: Iterable[Record]) -> list[Group]:
    """The failures among the records that count, by cause; most samples first."""
    groups: dict[tuple[str, str], Group] = {}
    for record in filter(is_error, last(records)):
        message = _message(record)
        group = groups.setdefault((record.status, _VARIES.sub("#", message)), Group(record.status, message, 0))
        group.n += 1
    return sorted(groups.values(), key=lambda group: -group.n)


def _message(record: Record) -> str:
    if record.failure is not None:
        return record.failure.message
    return _WITHOUT_MESSAGE.get(record.status, record.status)


def questions(run: Run, ids: Collection[str]) -> dict[str, StoredSample]:
    """The stored samples with these ids; of a run that goes on or has failed, among those that it has read."""
    file = run.samples() or run.files.samples_part
    found: dict[str, StoredSample] = {}
    if ids and file.is_file():
        for sample in _whole_lines(file):
            if sample.id in ids:
                found[sample.id] = sample
                if len(found) == len(ids):
                    break
    return found


def _whole_lines(file: Path) -> Iterator[StoredSample]:
    try:
        yield from read_samples(file)
    except StoreError:
        return  # the run is writing the last line


def picture(run: Run, part: StoredPart) -> Path | None:
    """The file of what a run has made, or of a picture of a file of questions, if it is still inside its folder."""
    named = re.fullmatch("[0-9a-f]{64}", part.sha256 or "")
    for made in Files(run.path).media.glob(f"{part.sha256}.*") if named else ():
        if not made.is_symlink():
            return made
    questions = run.info.provenance.get("questions")
    if not isinstance(questions, str) or not part.source:
        return None
    folder = Path(questions).parent
    try:
        root, file = folder.resolve(), (folder / part.source).resolve()
        return folder / part.source if file.is_relative_to(root) and file.is_file() else None
    except (OSError, ValueError):
        return None


class Line(NamedTuple):
    """One thing that is known about a sample."""

    label: str
    text: str
    part: StoredPart | None = None
    """The picture, sound or film that the text is about."""


def labelled(run: Run, record: Record, stored: StoredSample | None) -> list[Line]:
    """Everything that is known about one record, in the order of reading."""
    lines: list[Line] = []
    if stored is not None:
        lines += [_part(run, part) for part in stored.prompt]
    if record.reply is not None:
        if record.reply.text or not record.reply.media:
            lines.append(Line("reply", record.reply.text or "(empty)"))
        lines += [_made(run, one) for one in record.reply.media]
    if record.failure is not None:
        attempts = f" ({record.failure.attempts} attempts)" if record.failure.attempts > 1 else ""
        lines.append(Line("failure", f"{record.failure.kind}: {record.failure.message}{attempts}"))
    if stored is not None:
        lines.append(Line("target", _text(stored.target)))
    if record.score is not None:
        score, note = record.score, f" ({record.score.note})" if record.score.note else ""
        answer = "(none found)" if score.answer is None else score.answer
        lines += [Line("answer", answer), Line("rule", f"{score.rule}{note}"), Line("score", f"{score.value:g}")]
    return lines


def _made(run: Run, one: Media) -> Line:
    """What the model made: its file in the run folder."""
    width, height = getattr(one, "width", None), getattr(one, "height", None)
    part = StoredPart(kind=one.kind, sha256=one.sha256, mime=one.mime, width=width, height=height)
    return _part(run, part)._replace(label="made")


def _part(run: Run, part: StoredPart) -> Line:
    if part.text is not None:
        return Line("question", part.text)
    size = f" ({part.width}x{part.height})" if part.width and part.height else ""
    return Line(part.kind, f"{picture(run, part) or part.source or part.sha256}{size}", part)


def _text(target: JSON) -> str:
    return target if isinstance(target, str) else json.dumps(target, ensure_ascii=False)
