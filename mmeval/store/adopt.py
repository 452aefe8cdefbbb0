"""Renames runs that were stored under an older schema, so that nothing is asked twice."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mmeval.errors import StoreError
from mmeval.store.info import Spec
from mmeval.store.layout import Files, run_path
from mmeval.store.runs import Run, read_run, write_info


def adopt(root: Path, spec: Spec) -> Path:
    """The folder of the run with this spec. If only a folder of an older schema has the spec, it is renamed.

    Raises:
        StoreError: another process is writing the run.
    """
    folder = run_path(root, spec)
    if not folder.exists():
        for run in _siblings(folder):
            if run.info.spec.digest == spec.digest:
                _rename(run, folder)
                break
    return folder


def _siblings(folder: Path) -> Iterator[Run]:
    for sibling in sorted(folder.parent.glob("*/")):
        with suppress(StoreError):
            yield read_run(sibling)


def _rename(run: Run, folder: Path) -> None:
    with _locked(run.path):
        # The file is written first: after a crash in between, the folder is still found.
        write_info(run.path, run.info)
        run.path.rename(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock on the journal, if there is one."""
    journal = Files(folder).journal
    if not journal.exists():
        yield
        return
    with journal.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(f"{folder}: another process is writing this run; wait for it or stop it") from None
        yield
