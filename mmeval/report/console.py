"""The console that every table is printed on: whatever a text holds, it cannot steer the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from mmeval.formatting import plain

__all__ = ["PlainConsole"]


class PlainConsole(Console):
    """A rich console that removes escape sequences and control characters from texts; its own colours stay."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of a renderable, without anything that a terminal would obey."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(plain(segment.text), segment.style)
