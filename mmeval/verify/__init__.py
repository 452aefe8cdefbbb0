"""Verifies a run that somebody else may have made: files, definition, scores, headline, signature, and new answers.

Nothing of the run folder is executed, and nothing outside of it is read but the stored samples beside it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from mmeval import __version__
from mmeval.engine.options import DEFAULTS, Settings
from mmeval.errors import StoreError
from mmeval.store import Files, Verification, bound_files, read_run, write_verification
from mmeval.verify.asking import Asking
from mmeval.verify.checks import Check, Report, guarded
from mmeval.verify.definition import load
from mmeval.verify.folder import check_counts, check_files, foreign
from mmeval.verify.scoring import Rescored
from mmeval.verify.signing import Signature, check_signature, fingerprint, new_key, read_public_keys, sign

__all__ = [
    "Check", "Report", "Signature", "fingerprint", "new_key", "read_public_keys", "record", "sign", "verify",
]  # fmt: skip


def verify(
    folder: Path,
    settings: Settings = DEFAULTS,
    *,
    questions: Path | None = None,
    ask: int = 0,
    trusted: Mapping[str, str] | None = None,
) -> Report:
    """Check one run. What cannot be checked is said in its check and never raises.

    Args:
        folder: the run folder.
        settings: search path, `offline`; for `ask` also the budget and the options of the model that the user
            vouches for (`base_url`, `device`).
        questions: the file of questions, if the run is of one.
        ask: ask this many random samples again; 0 asks none.
        trusted: names by public key (`read_public_keys`); with keys, an unsigned run differs.
    """
    if fault := foreign(folder):
        return Report(folder, [Check.of("files", "differs", fault)])
    try:
        run = read_run(folder)
    except StoreError as error:
        return Report(folder, [Check.of("files", "differs", str(error))])
    if run.info.status == "running":
        return Report(folder, [Check.of("files", "not checkable", "the run is not finished")])
    asking = Asking(load(run, settings, questions), ask, settings)
    rescored = Rescored(asking.known)
    checks = [guarded(name, check) for name, check in _checks(rescored, asking, trusted or {})]
    return Report(folder, _with_judge(checks, rescored), asking.asked)


def _checks(rescored: Rescored, asking: Asking, trusted: Mapping[str, str]) -> Iterator[tuple[str, Callable[[], str]]]:
    run, known = rescored.run, asking.known
    yield "files", lambda: check_files(run)
    yield "counts", lambda: check_counts(run)
    yield "definition", known.check_definition
    yield "samples", known.check_samples
    yield "scores", rescored.check_scores
    yield "totals", rescored.check_totals
    yield "headline", rescored.check_headline
    if asking.wanted:
        yield "ask", asking.check
    if trusted or run.files.signature.exists():
        yield "signature", lambda: check_signature(run, trusted)


def _with_judge(checks: list[Check], rescored: Rescored) -> list[Check]:
    """The checks, and for a judged run whether its judge was asked again."""
    again = any(check.name == "ask" and check.result == "ok" for check in checks)
    return checks if again or not rescored.judged else [*checks, guarded("judge", rescored.check_judge)]


def record(report: Report) -> None:
    """Store what was found beside the run, bound to the files it is about; raises StoreError.

    A folder that is not a run gets no record.
    """
    files = Files(report.run)
    if foreign(report.run) or not files.info.is_file():
        return
    made = Verification(
        verdict=report.verdict,
        files=bound_files(files),
        checks={check.name: (check.result, check.reason) for check in report.checks},
        asked=report.asked,
        mmeval=__version__,
        at=time.time(),
    )
    try:
        write_verification(files, made)
    except OSError as error:
        raise StoreError(f"{files.verified}: {error.strerror or error}") from None
