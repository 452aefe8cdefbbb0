"""The page that says how a run gets onto the board."""

from __future__ import annotations

from collections.abc import Iterator

from mmeval.sitegen.env import Nav
from mmeval.sitegen.site import Page, Site

NAV = Nav("submit.html", "nav.submit", 85, footer=True)


def pages(site: Site) -> Iterator[Page]:
    """The page itself."""
    del site
    yield Page("submit.html", "submit.html")
