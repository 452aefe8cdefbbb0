"""The page about the board: how to read it and what gets onto it."""

from __future__ import annotations

from collections.abc import Iterator

from mmeval.sitegen.env import Nav
from mmeval.sitegen.site import Page, Site

NAV = Nav("method.html", "nav.method", 70)


def pages(site: Site) -> Iterator[Page]:
    """The page itself."""
    del site
    yield Page("method.html", "method.html")
