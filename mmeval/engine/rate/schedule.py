"""When the next request may start."""

from __future__ import annotations

__all__ = ["Schedule"]


class Schedule:
    """Start times on one clock, spaced by `interval_s`; 0 = not spaced."""

    def __init__(self) -> None:
        self.interval_s = 0.0
        self.next = 0.0
        """No request starts before this time; 0 = none has to wait."""
        self.paused = float("-inf")
        """End of the last pause."""

    @property
    def free(self) -> bool:
        """Whether a request may start without a look at the clock."""
        return not self.interval_s and not self.next

    def start(self, now: float) -> None:
        """A request starts; set the time of the next one."""
        if self.interval_s:
            # A late start moves the next one forward by at most one interval: limits reject bursts.
            self.next = max(self.next, now - self.interval_s) + self.interval_s
        else:
            self.next = 0.0

    def hold(self, until: float) -> None:
        """Nothing starts before this time."""
        self.next = max(self.next, until)

    def pause(self, until: float) -> None:
        """Nothing starts before this time, and what started before it says nothing about the rate after it."""
        self.hold(until)
        self.paused = self.next
