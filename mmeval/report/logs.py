"""Write the events of a run to `--log FILE`, one line each: text, or JSON if the file ends in .jsonl."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mmeval.errors import UsageError
from mmeval.formatting import plain

_OWN = frozenset(vars(logging.makeLogRecord({})))


@contextmanager
def logged(file: Path | None) -> Iterator[None]:
    """Append the events of mmeval's loggers to a file while the block runs."""
    if file is None:
        yield
        return
    try:
        handler = _File(file, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"--log {file}: {error.strerror}") from None
    handler.setFormatter(_Json() if file.suffix == ".jsonl" else _Text())
    logger = logging.getLogger("mmeval")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()


class _File(logging.FileHandler):
    """A log file that stops at the first failed write, without stopping the run."""

    stopped = False

    def emit(self, record: logging.LogRecord) -> None:
        if not self.stopped:
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name that logging calls
        self.stopped = True
        why = f"mmeval: --log {self.baseFilename}: {sys.exception()}; the run continues without it"
        sys.stderr.write(plain(why) + "\n")

    def close(self) -> None:
        with suppress(OSError):  # the write error has been reported already
            super().close()


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """Time, event and fields of a record. Removes what looks like a key or media."""
    from mmeval.providers import Secret

    scrub = Secret("").scrub
    extra = {name: value for name, value in vars(record).items() if name not in _OWN and value is not None}
    clean = {name: scrub(value) if isinstance(value, str) else value for name, value in extra.items()}
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    return {"at": at, "event": scrub(record.getMessage()), **clean}


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_fields(record))


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = _fields(record)
        head = [fields.pop("at"), fields.pop("event")]
        return " ".join([*head, *(f"{name}={value}" for name, value in fields.items())])
