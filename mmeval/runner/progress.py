"""The progress of a run: updated once per record, read by whoever displays it."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from mmeval.engine.client import Client
from mmeval.stats.intervals import MeanFold
from mmeval.store import Number, RunInfo
from mmeval.types import Estimate, Record

__all__ = ["Progress", "State"]

STALL_S = 120.0
State = Literal["waiting", "running", "finishing", "complete", "partial", "failed", "cancelled"]


@dataclass(slots=True)
class Progress:
    """One line of the progress display."""

    model: str
    benchmark: str
    planned: int | None
    """Samples x epochs; None until the data set has been read to its end."""
    state: State = "waiting"
    done: int = 0
    resumed: int = 0
    cached: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    tokens: int = 0
    cost: float | None = 0.0
    client: Client | None = None
    began: float = 0.0
    last: float = 0.0
    """Monotonic time of the last record; the stall alarm compares it with now."""
    note: str = ""
    scale: float = 100.0
    """Factor with which the score is shown."""
    final: Number | None = None
    """The score of the run, once it has ended."""
    _fold: MeanFold = field(default_factory=MeanFold)

    def start(self, client: Client) -> None:
        """The run starts asking."""
        self.state, self.client = "running", client
        self.began = self.last = time.monotonic()

    def end(self, info: RunInfo) -> None:
        """The run has ended; its score is now the one of run.json, whose interval respects clusters."""
        self.state, self.note, self.scale = info.status, info.reason or "", info.scale
        self.final = info.metrics.get(info.primary_metric)
        self.counts = Counter(info.counts)  # with those of earlier commands

    def add(self, record: Record) -> None:
        """Count one record."""
        self.done += 1
        self.last = time.monotonic()
        self.counts[record.status] += 1
        if record.score is not None:
            # Clusters are left out to keep memory flat; the final interval has them.
            self._fold.add(record.score.value)
        if record.reply is None:
            return
        self.cached += record.reply.cached
        if not record.reply.cached:
            usage = record.reply.usage
            self.tokens += (usage.input or 0) + (usage.output or 0)
            self.cost = None if record.cost is None or self.cost is None else self.cost + record.cost

    @property
    def names(self) -> dict[str, str]:
        """Model and benchmark, for log lines."""
        return {"model": self.model, "benchmark": self.benchmark}

    @property
    def stalled(self) -> bool:
        """Whether two minutes have passed without a record."""
        return self.state == "running" and time.monotonic() - self.last > STALL_S

    @property
    def score(self) -> Estimate | Number | None:
        """The score of a run that has ended; before that, the mean so far with an interval that ignores clusters."""
        return self.final or (self._fold.estimate() if len(self._fold) else None)

    @property
    def rate(self) -> float:
        """Records per second since the start of this process."""
        seconds = self.last - self.began
        return self.done / seconds if seconds > 0 else 0.0

    @property
    def eta_s(self) -> float | None:
        """Seconds to the end at this rate; None while the number of samples is unknown."""
        if self.planned is None or not self.rate:
            return None
        return max(0, self.planned - self.resumed - self.done) / self.rate
