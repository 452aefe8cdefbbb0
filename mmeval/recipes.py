"""Recipes: how the makers of a model say that they ask it, one file per family, each value with its source.

`adapters/recipes/NAME.toml` *is* the recipe NAME. docs/recipes.md describes the files.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from mmeval.catalog import Catalog
from mmeval.documents import read_toml
from mmeval.errors import CatalogError, UsageError, in_plain_words, nearest
from mmeval.sampling import audio_policy, image_policy, video_policy

__all__ = ["POLICIES", "PROMPT", "Recipe", "Source", "Stated", "Value", "address", "read_recipe", "recipes"]

POLICIES = {"image": image_policy, "video": video_policy, "audio": audio_policy}
"""Keys that say how media are shown, in the words of the flags of the same names."""
PROMPT = ("closing", "suffix")
"""Keys that change the text of a prompt. Every other key is an option of the model's adapter."""


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Checked):
    """Where values stand."""

    url: str
    read: datetime.date
    """The day on which somebody read it."""
    note: str = ""

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        return address(url)


def address(url: str) -> str:
    """The address of a source; raises ValueError."""
    if not url.startswith(("https://", "http://")) or any(c.isspace() or c in '<>"' for c in url):
        raise ValueError("expected an address, as in https://example.org/report")
    return url


class Value(_Checked):
    """One value of a recipe file."""

    value: str | bool | int | float | list[str]
    source: str
    """A key of `sources`."""
    where: str = Field(min_length=1)
    """Where in the source it stands."""


class Part(_Checked):
    """What a recipe says about one benchmark."""

    values: dict[str, Value] = Field(default_factory=dict)
    notes: list[str] = Field(default_factory=list)


class Stated(_Checked):
    """One value with its source."""

    value: Any
    url: str
    where: str
    read: datetime.date


class Recipe(_Checked):
    """One file of `adapters/recipes/`."""

    name: str
    title: str
    models: list[str] = Field(min_length=1)
    """Names of the models that it is for; `*` stands for anything."""
    basis: Literal["evaluation", "advice"]
    """`evaluation`: the settings of the published numbers. `advice`: what the makers recommend to users."""
    sources: dict[str, Source] = Field(min_length=1)
    values: dict[str, Value] = Field(default_factory=dict)
    benchmarks: dict[str, Part] = Field(default_factory=dict)
    """What is stated for one benchmark alone; it wins over `values`."""
    notes: list[str] = Field(default_factory=list)
    """What is stated, too, and what no setting of mmeval does."""

    @field_validator("benchmarks", "values")
    @classmethod
    def _policies(cls, found: Mapping[str, Any]) -> Mapping[str, Any]:
        for name, one in found.items():
            values = one.values if isinstance(one, Part) else {name: one}
            for key in values.keys() & POLICIES.keys():
                try:
                    POLICIES[key](str(values[key].value))
                except UsageError as error:
                    raise ValueError(str(error)) from None
        return found

    def is_for(self, model: str) -> bool:
        """Whether a model, `provider/model`, has one of the names that the recipe is for."""
        name = model.rpartition("/")[2].lower()
        return any(fnmatchcase(name, pattern.lower()) for pattern in self.models)

    def stated(self, benchmark: str) -> dict[str, Stated]:
        """What it says about one benchmark, by key."""
        own = self.benchmarks.get(benchmark, Part()).values
        return {key: self._with_source(one) for key, one in {**self.values, **own}.items()}

    def _with_source(self, one: Value) -> Stated:
        source = self.sources[one.source]
        return Stated(value=one.value, url=source.url, where=one.where, read=source.read)


def recipes(catalog: Catalog) -> dict[str, Recipe]:
    """Every recipe by name; raises CatalogError that names the file and the key."""
    return {name: _read(name, file) for name, file in sorted(catalog.recipes().items())}


def read_recipe(name: str, catalog: Catalog) -> Recipe:
    """One recipe; raises UsageError with the nearest names, or CatalogError that names the file and the key."""
    known = catalog.recipes()
    if name not in known:
        raise UsageError(f"no recipe {name!r}{nearest(name, known)}; see `mmeval list recipes`")
    return _read(name, known[name])


def _read(name: str, file: Path) -> Recipe:
    table = read_toml(file, CatalogError)
    try:
        made = Recipe.model_validate({**table, "name": name})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise CatalogError(f"{file}: {key}: {in_plain_words(first['msg'])}") from None
    every = [("values", made.values), *((f"benchmarks.{key}", part.values) for key, part in made.benchmarks.items())]
    for where, values in every:
        for key, one in values.items():
            if one.source not in made.sources:
                hint = nearest(one.source, made.sources)
                raise CatalogError(f"{file}: {where}.{key}: no source {one.source!r} in [sources]{hint}")
    return made
