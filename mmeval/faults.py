"""Faults of the machine and of paths: what the system says, as an error of mmeval with the way out."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path

from mmeval.errors import MMEvalError, RunFailedError, UsageError

__all__ = ["foreseen"]

_MEMORY = "not enough memory; raise `ulimit -v`, lower --concurrency, or close other programs"
_MEMORY_SIGNS = ("Cannot allocate memory", "can't start new thread", "failed to map segment")
"""What the system, Python and the loader of libraries say when memory is short, in errors of many types."""
_FILES: Mapping[int, tuple[type[MMEvalError], str]] = {
    errno.ENOSPC: (RunFailedError, "free some space and run the same command again"),
    errno.EDQUOT: (RunFailedError, "free some space and run the same command again"),
    errno.EIO: (RunFailedError, "check the disk and run the same command again"),
    errno.EMFILE: (RunFailedError, "raise `ulimit -n` or lower --concurrency"),
    errno.ENFILE: (RunFailedError, "close other programs or lower --concurrency"),
    errno.EROFS: (UsageError, "choose a folder that can be written"),
    errno.EACCES: (UsageError, "change its permissions or choose another path"),
    errno.EPERM: (UsageError, "change its permissions or choose another path"),
    errno.EEXIST: (UsageError, "a folder is needed here; choose another path"),
    errno.ENOTDIR: (UsageError, "a folder is needed here; choose another path"),
    errno.EISDIR: (UsageError, "a file is needed here; choose another path"),
    errno.ENOENT: (UsageError, "check the path"),
    errno.ENAMETOOLONG: (UsageError, "choose a shorter name"),
    errno.ELOOP: (UsageError, "its links lead in a circle; choose another path"),
}
"""What goes wrong with files on any machine: the kind of error, and the way out."""


def foreseen(error: Exception) -> MMEvalError | None:
    """The error of mmeval that says the same, if the fault lies with the machine or a path; None for a bug."""
    if isinstance(error, MMEvalError):
        return error
    if isinstance(error, MemoryError) or any(sign in str(error) for sign in _MEMORY_SIGNS):
        return RunFailedError(_MEMORY)
    if not isinstance(error, OSError):
        return None
    where = _culprit(error)
    kind, way = _FILES.get(error.errno or 0, (None, ""))
    if kind is None or (where is None and kind is UsageError):
        return None
    return kind(f"{f'{where}: ' if where else ''}{error.strerror}; {way}")


def _culprit(error: OSError) -> str | None:
    """The path that is wrong: of a path below a file, that file; of two paths, the target."""
    name = error.filename if error.filename2 is None else error.filename2
    if not isinstance(name, str | bytes | os.PathLike):
        return None
    path = Path(os.fsdecode(name))
    if error.errno == errno.ENOTDIR:
        return str(next((one for one in (path, *path.parents) if one.is_file()), path))
    return str(path)
