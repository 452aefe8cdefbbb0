"""Templates and message catalogues: Jinja2 with autoescape, where an undefined name is an error."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from mmeval import __version__
from mmeval.catalog import bundled
from mmeval.documents import read_toml
from mmeval.errors import UsageError
from mmeval.sitegen.expected import NAMES
from mmeval.sitegen.links import preview_path
from mmeval.sitegen.text import fact_rows, finalize

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
UNKNOWN = "–"


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
        """The message with its values; of a message `one|many` the first half if n is 1. Whole numbers are grouped.

        Raises UsageError for an unknown key, so that no page lacks a text.
        """
        message = self.messages.get(key)
        if message is None:
            raise UsageError(f"site/messages: no message {key!r} in {self.name}")
        if not values and "|" not in message and "{" not in message:  # most of the calls
            return message
        one, _, many = message.partition("|")
        shown = {name: whole(value) if isinstance(value, int) else value for name, value in values.items()}
        return (many if many and str(values.get("n")) != "1" else one).format(**shown)


@dataclass(frozen=True, slots=True)
class Nav:
    """An entry of the navigation."""

    path: str
    """The page it leads to."""
    title: str
    """Key of the message that names it."""
    place: int
    """Entries are sorted by this number. The bundled ones have 10, 20, 30 and so on."""
    under: str = ""
    """Folder of the pages that belong to this entry, such as `m/`."""
    footer: bool = False
    """Whether the entry stands in the footer."""


def source_folder() -> Path:
    """The bundled `site/`: templates, messages and static files."""
    return bundled() / "site"


def languages(names: Sequence[str], folders: Sequence[Path]) -> tuple[Language, ...]:
    """Message catalogues by file name, each merged from all folders; raises UsageError for a duplicate key.

    The pages of the first language are at the root of the site.
    """
    return tuple(_language(name, f"{name}/" if place else "", folders) for place, name in enumerate(names))


def _language(name: str, prefix: str, folders: Sequence[Path]) -> Language:
    files = [file for folder in folders if (file := folder / "messages" / f"{name}.toml").is_file()]
    if not files:
        known = sorted({file.stem for folder in folders for file in (folder / "messages").glob("*.toml")})
        raise UsageError(f"no language {name!r}; there is {', '.join(known)}")
    head: dict[str, str] = {}
    messages: dict[str, str] = {}
    for file in files:
        raw = read_toml(file, UsageError)
        if twice := sorted(messages.keys() & raw.get("messages", {}).keys()):
            raise UsageError(f"{file}: message {twice[0]!r} exists already; choose another key")
        messages |= raw.pop("messages", {})
        head = raw | head
    return Language(head.get("code", name), head.get("name", name), prefix, messages)


def source_digest(folders: Sequence[Path]) -> str:
    """sha256 over templates, messages and the code that renders them; when it changes, every page is rendered again."""
    digest = hashlib.sha256(__version__.encode())
    package = Path(__file__).parent
    for folder in (*folders, package, package.parent / "board", package.parent / "stats"):
        for file in sorted(f for f in folder.rglob("*") if f.is_file() and "__pycache__" not in f.parts):
            digest.update(file.relative_to(folder).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def number(value: float | None, places: int = 1) -> str:
    """A decimal number with a true minus sign, or a dash for unknown."""
    if value is None or value != value:
        return UNKNOWN
    text = f"{value:.{places}f}"
    return "0" + text[2:] if text.startswith("-0") and not float(text) else text.replace("-", "−")


def whole(value: int) -> str:
    """A whole number with its thousands separated, as both languages do it."""
    return f"{value:,}"


def some(value: int) -> str:
    """A whole number, and nothing for zero."""
    return whole(value) if value else ""


def coded(text: str) -> Markup:
    """A text in which `this` is code, as HTML."""
    return Markup(re.sub("`([^`]{1,80})`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - it is escaped


@lru_cache(maxsize=2)
def environment(folders: tuple[Path, ...]) -> Environment:
    """The Jinja environment of these `site/` folders; raises UsageError if two of them have the same template."""
    found: dict[str, Path] = {}
    for folder in folders:
        for file in sorted((folder / "templates").glob("*.html")):
            if file.name in found:
                raise UsageError(f"two templates are named {file.name}: {found[file.name]} and {file}")
            found[file.name] = file
    made = Environment(
        loader=FileSystemLoader([folder / "templates" for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=False,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"num": number, "whole": whole, "some": some, "coded": coded}
    made.globals.update(csp=CSP, version=__version__, fact_names=NAMES, fact_rows=fact_rows)
    return made


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page lies. Links are relative, so that a site works from any folder and from disk."""

    path: str
    """Within the language, `m/x.html`."""
    language: Language
    all_languages: tuple[Language, ...]
    base: str = ""
    """Address of the published site, with a slash at its end; empty if it is not known."""

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

    def published(self, other: Language) -> str:
        """The address of this page in a language: absolute where the site's address is known."""
        return self.base + other.folder + self.path if self.base else self.translated(other)

    def variables(self) -> dict[str, Any]:
        """The variables that every template has."""
        return {
            "path": self.path,
            "lang": self.language,
            "languages": self.all_languages,
            "t": self.language.text,
            "asset": self.asset,
            "link": self.link,
            "translated": self.translated,
            "published": self.published,
            "base": self.base,
            "preview": preview_path(self.path),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """Renders pages; it is the same in all processes of a build."""

    folders: tuple[Path, ...]
    """The `site/` folders that templates are found in."""
    languages: tuple[Language, ...]
    title: str
    nav: tuple[Nav, ...]
    base: str = ""
    """Address of the published site; empty if it is not known."""

    def places(self, path: str) -> list[Place]:
        """The page at this path in each language."""
        base = self.base and self.base.rstrip("/") + "/"
        return [Place(path, language, self.languages, base) for language in self.languages]

    def page(self, template: str, place: Place, **values: Any) -> str:
        """One page as text."""
        return (
            environment(self.folders)
            .get_template(template)
            .render(site_title=self.title, nav=self.nav, **place.variables(), **values)
        )
