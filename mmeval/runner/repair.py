"""Bring the files of a damaged run in order, as far as its journal allows. No model is called."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from mmeval.engine.options import Settings
from mmeval.errors import MMEvalError, StoreError
from mmeval.runner.finish import summarise
from mmeval.runner.journal import Journal
from mmeval.runner.merge import benchmark_of
from mmeval.store import DamagedError, Files, Run, RunInfo, RunStatus, Summary, is_run, read_run, write_info

__all__ = ["Repair"]

SAME = "run the command that made the run again"
RESTORE = f"no journal has the replies; restore it from git or a copy, or delete the folder and {SAME}"


class Repair:
    """The repair of one run folder.

    Args:
        folder: the run folder.
        settings: where the benchmark is found.
        questions: the file of questions, if the run is of one.

    Raises:
        StoreError: another process is writing this run, or the folder cannot be written.
    """

    def __init__(self, folder: Path, settings: Settings, questions: Path | None = None) -> None:
        self.files, self.settings, self.questions = Files(folder), settings, questions
        self.lines: list[str] = []
        """What was found and done, one line per file."""
        self.whole = True
        """Whether the run needs nothing more."""
        try:
            with closing(Journal(folder)) as journal:
                self._journal(journal)
                run = self._info()
                if run is not None:
                    self._scores(run)
        except OSError as error:
            raise StoreError(f"{folder}: {error.strerror}; nothing is lost, repair it again") from None

    def _say(self, file: Path, text: str, *, whole: bool = True) -> None:
        self.lines.append(f"{file.name}: {text}")
        self.whole = self.whole and whole

    def _journal(self, journal: Journal) -> None:
        if journal.torn:
            self._say(journal.file, "removed the last line, which was incomplete")
        moved = journal.move_damaged()
        if moved:
            lines = f"{moved} damaged line{'s' if moved > 1 else ''}"
            self._say(journal.file, f"moved {lines} to {Files.damaged(journal.file).name}")
        self.records = journal.file.stat().st_size > 0
        if self.records and not moved:
            self._say(journal.file, "no line is damaged")

    def _info(self) -> Run | None:
        file = self.files.info
        if not is_run(self.files.folder):
            self._say(file, f"missing; {SAME}: it is written again from the journal", whole=False)
            return None
        try:
            return read_run(self.files.folder)
        except DamagedError as error:
            fault = str(error).removeprefix(f"{file}: ").partition("; `")[0]
            if not self.records:
                self._say(file, f"{fault}; {RESTORE}", whole=False)
                return None
            aside = Files.damaged(file)
            file.replace(aside)
            self._say(file, f"{fault}; moved to {aside.name}; {SAME}: it is written again", whole=False)
            return None

    def _scores(self, run: Run) -> None:
        file = self.files.scores
        if run.info.status == "running":
            self._say(file, f"the run was not finished; {SAME}", whole=False)
            return
        try:
            for _ in run.scores():
                pass
        except StoreError:
            self._rebuild(run)
        else:
            self._say(file, "is the one that the run wrote" if run.info.scores_digest else "can be read")

    def _rebuild(self, run: Run) -> None:
        file = self.files.scores
        if not self.records:
            self._say(file, f"missing or changed, and {RESTORE}", whole=False)
            return
        try:
            benchmark = benchmark_of(run, self.settings, self.questions)
            summary = summarise(self.files.folder, benchmark)
        except MMEvalError as error:
            self._say(file, f"cannot be written again: {error}", whole=False)
            return
        if summary.scores_digest == run.info.scores_digest:
            self._say(file, "written again from the journal, as the run left it")
            return
        info = _measured(run.info, summary)
        write_info(self.files.folder, info)
        reason = f"; {info.reason}" if info.reason else ""
        self._say(file, f"written again from the journal, with run.json{reason}", whole=info.status == "complete")


def _measured(info: RunInfo, summary: Summary) -> RunInfo:
    """What a run measured according to the records that are left."""
    missing = max(0, info.planned - sum(summary.counts.values()))
    status: RunStatus = "partial" if missing else info.status
    reason = f"{missing} of {info.planned} samples are missing; {SAME}" if missing else info.reason
    totals = {
        "requests": max(info.totals.requests, summary.totals.requests),
        "retries": max(info.totals.retries, summary.totals.retries),
        "wall_s": info.totals.wall_s,
    }
    return info.summarised(summary, status=status, reason=reason, totals=totals)
