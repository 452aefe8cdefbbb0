"""Templates and message catalogues: Jinja2 with autoescape, undefined names are errors, two languages."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mmeval import __version__, catalog
from mmeval.errors import UsageError
from mmeval.sitegen.text import finalize

CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
NONE = "–"


@dataclass(frozen=True, slots=True)
class Language:
    """One message catalogue."""

    code: str
    """BCP 47."""
    name: str
    folder: str
    """Prefix of its pages: empty for the first language."""
    messages: Mapping[str, str]

    def text(self, key: str, **values: Any) -> str:
        """The message with its values; a missing key is a KeyError, so that a build cannot pass without it."""
        return self.messages[key].format(**values)


def source_folder() -> Path:
    """`site/`: templates, messages and static files."""
    return catalog.bundled() / "site"


def languages(names: tuple[str, ...]) -> list[Language]:
    """The catalogues by file name; the first one has the pages at the root of the site."""
    found = []
    for position, name in enumerate(names):
        file = source_folder() / "messages" / f"{name}.toml"
        if not file.is_file():
            known = ", ".join(sorted(f.stem for f in file.parent.glob("*.toml")))
            raise UsageError(f"no language {name!r}; there is {known}")
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
        found.append(Language(raw["code"], raw["name"], f"{name}/" if position else "", raw["messages"]))
    return found


def source_digest() -> str:
    """sha256 over all of `site/` and the code that renders it: a change there renders every page anew."""
    digest = hashlib.sha256(__version__.encode())
    package = Path(__file__).parent
    for folder in (source_folder(), package, package.parent / "board", package.parent / "stats"):
        for file in sorted(f for f in folder.rglob("*") if f.is_file() and "__pycache__" not in f.parts):
            digest.update(file.relative_to(folder).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def number(value: float | None, places: int = 1) -> str:
    """A decimal number with a true minus sign, or a dash for unknown."""
    if value is None or value != value:
        return NONE
    text = f"{value:.{places}f}"
    return "0" + text[2:] if text.startswith("-0") and not float(text) else text.replace("-", "−")


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The one Jinja environment of a process."""
    made = Environment(
        loader=FileSystemLoader(source_folder() / "templates"),
        auto_reload=False,
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=False,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["num"] = number
    made.globals.update(csp=CSP, version=__version__)
    return made


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page lies: links are relative, so that a site works from any folder and from disk."""

    path: str
    """Within the language, `m/x.html`."""
    language: Language
    all_languages: tuple[Language, ...]

    @property
    def file(self) -> str:
        """Path below the site's root."""
        return self.language.folder + self.path

    def asset(self, target: str) -> str:
        """A link to a file that all languages share."""
        return "../" * self.file.count("/") + target

    def link(self, target: str) -> str:
        """A link to a page of the same language."""
        return "../" * self.path.count("/") + target

    def translated(self, other: Language) -> str:
        """A link to this page in another language."""
        return self.asset(other.folder + self.path)

    def variables(self) -> dict[str, Any]:
        """What every template sees."""
        return {
            "path": self.path,
            "lang": self.language,
            "languages": self.all_languages,
            "t": self.language.text,
            "asset": self.asset,
            "link": self.link,
            "translated": self.translated,
        }


def render(template: str, place: Place, **values: Any) -> str:
    """One page as text."""
    return environment().get_template(template).render(**place.variables(), **values)
