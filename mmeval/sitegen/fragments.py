"""Parts of sample pages, rendered once for all languages.

A mark replaces each message and each path to the site's root. Marks consist of control characters, which no other text
on a page contains, because all text is cleaned.
"""

from __future__ import annotations

import functools
import re

from markupsafe import Markup, escape

from mmeval.sitegen.env import Place

ROOT = Markup("\x01/\x02")
"""The mark for the path to the site's root, which depends on the language's folder."""
_MARK = re.compile("\x01([^\x02]*)\x02")


@functools.lru_cache(maxsize=8192)
def mark(key: str, **values: int | float | str) -> Markup:
    """The mark for a message; a template takes it as `t`."""
    inside = "\x03".join([key, *(f"{name}={value}" for name, value in values.items())])
    return Markup(f"\x01{inside}\x02")  # noqa: S704 - our own keys and numbers


def _given(value: str) -> int | str:
    return int(value) if value.isdecimal() else value


def in_language(body: str, place: Place) -> Markup:
    """Replace the marks for one page."""
    known: dict[str, str] = {ROOT[1:-1]: place.asset("")}

    def word(match: re.Match[str]) -> str:
        key = match[1]
        if key not in known:
            name, *pairs = key.split("\x03")
            values = {of: _given(value) for of, _, value in (pair.partition("=") for pair in pairs)}
            known[key] = str(escape(place.language.text(name, **values)))
        return known[key]

    return Markup(_MARK.sub(word, body))  # noqa: S704 - made by our templates, which escape
