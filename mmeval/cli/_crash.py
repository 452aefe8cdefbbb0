"""How a command ends that failed unexpectedly: with one line, without a traceback, and with an exit code of its own."""

from __future__ import annotations

import os
import sys

from mmeval import __version__
from mmeval.formatting import line

__all__ = ["CRASHED", "PIPE_CLOSED", "report", "silence"]

CRASHED = 70
"""EX_SOFTWARE of sysexits.h. Python's own 1 would read as "the gate failed"."""
PIPE_CLOSED = 141
"""128 + SIGPIPE, as a shell reports a program that writes into a closed pipe."""


def report(error: Exception) -> str:
    """Write the traceback to a private file; returns the line that says so."""
    import tempfile  # not needed at start
    import traceback

    what = line(f"{type(error).__name__}: {error}")[:300]
    try:
        text = _scrubbed("".join(traceback.format_exception(error)))
        handle, name = tempfile.mkstemp(prefix="mmeval-crash-", suffix=".txt")  # readable by its owner alone
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        what = _scrubbed(what).splitlines()[-1]
    except Exception as second:  # noqa: BLE001 - nothing may hide the first error
        return f"internal error: {type(error).__name__}; its traceback could not be written: {type(second).__name__}"
    return f"internal error: {what}; the traceback is in {name}: please report it with that file"


def _scrubbed(text: str) -> str:
    """The text below the version and the command line, without values of secret variables and what looks like a key."""
    from mmeval.provenance import SECRET_FLAG, scrubbed
    from mmeval.providers import Secret

    for name, value in os.environ.items():
        if SECRET_FLAG.search(name) and len(value) >= 8:
            text = text.replace(value, "[key]")
    head = f"mmeval {__version__}, Python {sys.version.split()[0]}, {sys.platform}: {' '.join(scrubbed(sys.argv))}"
    scrub = Secret("").scrub
    lines = [one[: len(one) - len(one.lstrip())] + scrub(one) for one in text.splitlines()]
    return "\n".join([scrub(head), *lines]) + "\n"


def silence() -> None:
    """Send what is still to be written nowhere, because nobody reads it any more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nowhere, stream.fileno())
        except (OSError, ValueError):  # not a real file, as in a test
            continue
    os.close(nowhere)
