"""What to run: benchmarks, models with their options, and settings, from a run file, a command line or a call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from mmeval.definitions import Benchmark
from mmeval.engine.options import Settings, as_flag, read_keys, settings_of
from mmeval.errors import UsageError, nearest
from mmeval.runner.models import ModelSpec

__all__ = ["RunConfig", "What", "read_config"]

What: TypeAlias = str | Path | Benchmark | Mapping[str, Any]
"""A benchmark or suite by name, a file of questions, a Benchmark, or a table with `name`, `limit` and `profile`."""
MODEL = ("name", "options", "recipe")
BENCHMARK = ("name", "limit", "profile")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """Everything that one command runs."""

    benchmarks: tuple[What, ...]
    models: tuple[ModelSpec, ...]
    settings: Settings


def read_config(
    file: Path | None,
    given: Mapping[str, Any],
    *,
    benchmarks: Sequence[What] = (),
    models: Sequence[str | ModelSpec] = (),
    written: Callable[[str], str] = as_flag,
) -> RunConfig:
    """What a run file says, overridden by what the caller says.

    Args:
        file: a TOML file with `benchmarks`, `models` and any field of `Settings`; None: the caller says it all.
        given: settings of the caller (None: not given). Options are merged one by one. An option `MODEL:KEY` belongs
            to that model alone.
        benchmarks: instead of those of the file.
        models: instead of those of the file. A name that the file has too stands for the models of that name there,
            with their options.
        written: how a setting of `given` is written, for messages.

    Raises:
        UsageError: a key or a value is not valid; the message names the file and the key, or the flag.
    """
    table = read_keys(file) if file else {}
    _not_a_suite(file, table)
    listed = _benchmarks(file, table.pop("benchmarks", None))
    known = list(_models(file, table.pop("models", None)))
    wanted = list(models) or list(dict.fromkeys(spec.name for spec in known))
    names = [one.name if isinstance(one, ModelSpec) else one for one in wanted]
    everyone, owned = _split(given.get("options") or {}, names)
    chosen: list[ModelSpec] = []
    for spec in (spec for one in wanted for spec in _specs(one, known, everyone)):
        made = replace(spec, options={**spec.options, **owned.get(spec.name, {})})
        if made not in chosen:
            chosen.append(made)
    settings = settings_of(table, {**given, "options": everyone or None}, file=file, written=written)
    return RunConfig(benchmarks=tuple(benchmarks) or listed, models=tuple(chosen), settings=settings)


def _specs(wanted: str | ModelSpec, known: Sequence[ModelSpec], everyone: Mapping[str, Any]) -> list[ModelSpec]:
    """The models that one of the caller stands for, with the options of all: a name, for those of it in the file."""
    if isinstance(wanted, ModelSpec):
        return [replace(wanted, options={**everyone, **wanted.options})]
    same = [spec for spec in known if spec.name == wanted] or [ModelSpec(wanted)]
    return [replace(spec, options={**spec.options, **everyone}) for spec in same]


def _split(options: Mapping[str, Any], models: Sequence[str]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The options of all models, and those of one: `MODEL:KEY`."""
    everyone: dict[str, Any] = {}
    owned: dict[str, dict[str, Any]] = {}
    for name, value in options.items():
        model, colon, key = name.rpartition(":")
        if colon and model not in models:
            raise UsageError(f"-o {name}: no model {model!r}{nearest(model, models)}; there are {', '.join(models)}")
        (owned.setdefault(model, {}) if colon else everyone)[key] = value
    return everyone, owned


def _not_a_suite(file: Path | None, table: Mapping[str, Any]) -> None:
    for name, value in table.items():
        if name not in Settings.model_fields and isinstance(value, dict) and "benchmarks" in value:
            raise UsageError(
                f"{file}: [{name}] is a suite; put it into benchmarks/suites.toml and run it as `mmeval run {name}`, "
                "or write its `benchmarks` above the first table"
            )


def _benchmarks(file: Path | None, value: Any) -> tuple[What, ...]:
    return tuple(
        entry if isinstance(entry, str) else _benchmark(file, f"benchmarks[{number}]", entry)
        for number, entry in enumerate(_list(file, "benchmarks", value), 1)
    )


def _benchmark(file: Path | None, where: str, entry: Any) -> Mapping[str, Any]:
    found = _table(file, where, entry, BENCHMARK)
    limit, profile = found.get("limit", 1), found.get("profile", "")
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise UsageError(f"{file}: {where}.limit: expected a number of samples, 1 or more (got {limit!r})")
    if not isinstance(profile, str):
        raise UsageError(f"{file}: {where}.profile: expected a name (got {profile!r})")
    return found


def _models(file: Path | None, value: Any) -> Iterable[ModelSpec]:
    for number, entry in enumerate(_list(file, "models", value), 1):
        found: Mapping[str, Any] = (
            {"name": entry} if isinstance(entry, str) else _table(file, f"models[{number}]", entry, MODEL)
        )
        options = found.get("options", {})
        if not isinstance(options, dict):
            raise UsageError(f"{file}: models[{number}].options: expected a table, as in options = {{ seed = 1 }}")
        recipe = found.get("recipe")
        if not isinstance(recipe, str | None):
            raise UsageError(f"{file}: models[{number}].recipe: expected a name (got {recipe!r})")
        yield ModelSpec(found["name"], options, recipe)


def _list(file: Path | None, key: str, value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list) or not value:
        raise UsageError(f'{file}: {key}: expected a list of names, as in {key} = ["..."] (got {value!r})')
    return value


def _table(file: Path | None, where: str, entry: Any, keys: Sequence[str]) -> Mapping[str, Any]:
    """An entry of a list that is a table; raises UsageError for a wrong key or a missing name."""
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise UsageError(f"{file}: {where}: expected a name, or a table with `name` (got {entry!r})")
    for key in entry.keys() - set(keys):
        field = key.replace("-", "_")
        whole = field in Settings.model_fields
        hint = f"; `{key}` belongs to the whole run: write it above the first table" if whole else nearest(key, keys)
        raise UsageError(f"{file}: {where}: no key {key!r}; an entry has {', '.join(keys)}{hint}")
    return entry
