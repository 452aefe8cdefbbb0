"""Links to images that the site may not show: to their row in the hub's viewer, or to their data set."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mmeval.types import JSON

HUB = "https://huggingface.co/datasets"
_NAME = "[A-Za-z0-9_][A-Za-z0-9_.-]*"
_ID = f"{_NAME}(?:/{_NAME})?"
_ROW = re.compile(f"({_ID})@{_NAME}(?: ({_NAME}))? ({_NAME}) row ([0-9]+)(?: |$)")


def row_url(source: str) -> str:
    """The address of the row that a stored part names; empty if it does not name one.

    The viewer always shows the newest revision; the page states the revision that was used beside the link.
    """
    found = _ROW.match(source)
    if found is None:
        return ""
    name, config, split, row = found.groups()
    return f"{HUB}/{name}/viewer/{config or 'default'}/{split}?row={row}"


def data_url(data: Mapping[str, JSON]) -> str:
    """The files of a hub data set at the revision that was used; empty for other sources."""
    name, revision = data.get("id"), data.get("revision")
    known = isinstance(name, str) and re.fullmatch(_ID, name)
    if data.get("kind") != "hub" or not known:
        return ""
    fixed = isinstance(revision, str) and re.fullmatch(_NAME, revision)
    return f"{HUB}/{name}/tree/{revision if fixed else 'main'}"
