"""Run folders that could not be used, each with the reason."""

from __future__ import annotations

from collections.abc import Iterator

from mmeval.sitegen.env import Nav
from mmeval.sitegen.site import Page, Site
from mmeval.sitegen.text import short
from mmeval.store import Problem

NAV = Nav("problems.html", "nav.problems", 90, footer=True)
LISTED = 4000
"""Folders that the page lists; of the others it gives the number."""


def pages(site: Site) -> Iterator[Page]:
    """The page itself."""
    listed = [row(problem) for problem in site.problems[:LISTED]]
    more = len(site.problems) - len(listed)
    yield Page("problems.html", "problems.html", lambda _: {"problems": listed, "more": more})


def row(problem: Problem) -> dict[str, str]:
    """A folder and the reason, without the folder's name at its start."""
    path = problem.path.as_posix()
    return {"path": path, "reason": short(problem.reason.removeprefix(f"{path}: "), 500)}
