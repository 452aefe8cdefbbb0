"""One command line option for each field of `Settings`, with the field's name, type, default and description."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_origin

import typer
from pydantic.fields import FieldInfo

from mmeval.cli import _completion
from mmeval.engine.options import Settings, pairs

PANELS: Mapping[str | None, tuple[str, ...]] = {
    None: (
        "options",
        "recipe",
        "limit",
        "epochs",
        "profile",
        "prompts",
        "circular",
        "ablate",
        "diagnose",
        "score_choices",
        "seed",
        "results",
    ),
    "Budget": ("max_cost", "max_tokens", "max_minutes", "max_error_rate"),
    "Engine": (
        "concurrency", "replicas", "ray", "batch",
        "timeout", "deadline", "attempts", "cache", "cache_file", "sync", "log",
    ),
    "Data": ("path", "columns", "shard", "offline"),
    "Pictures, films and sounds": ("image", "video", "audio"),
    "Judge": ("judge", "judge_options"),
}  # fmt: skip
"""Panels of the help page, with their fields; None is the panel of the common options."""
FLAGS = {"options": ("-o", "--option")}
"""Flags that are not named after their field."""
METAVARS = {
    "options": "[MODEL:]KEY=VALUE",
    "judge_options": "KEY=VALUE",
    "columns": "ROLE=COLUMN",
    "judge": "PROVIDER/MODEL",
    "shard": "I/N",
    "path": "FOLDER",
    "results": "FOLDER",
    "ray": "ADDRESS",
    "cache_file": "FILE",
    "log": "FILE",
    "recipe": "NAME",
    "image": "POLICY",
    "video": "POLICY",
    "audio": "POLICY",
}
COMPLETED = {"judge": _completion.models, "recipe": _completion.recipes}
"""What a shell offers for a setting."""

Verb = TypeVar("Verb", bound=Callable[..., None])


def with_settings(verb: Verb, *, leave: Collection[str] = ()) -> Verb:
    """Give a verb the options of all settings but `leave`, after its positional parameters, as `**settings`."""
    own = inspect.signature(verb).parameters.values()
    first = [one for one in own if one.kind is one.POSITIONAL_OR_KEYWORD]
    last = [one for one in own if one.kind is one.KEYWORD_ONLY]
    made = [_parameter(name, panel) for panel, names in PANELS.items() for name in names if name not in leave]
    vars(verb)["__signature__"] = inspect.Signature([*first, *made, *last])
    return verb


def given(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that were named on the command line; raises UsageError for a pair without `=`."""
    found = {name: value for name, value in settings.items() if value not in (None, [])}
    for name in found:
        if _collects(Settings.model_fields[name], dict):
            found[name] = pairs(found[name], flag=_flags(name)[0])
    return found


def _parameter(name: str, panel: str | None) -> inspect.Parameter:
    field = Settings.model_fields[name]
    option = typer.Option(
        None,
        *_flags(name),
        help=field.description,
        metavar=METAVARS.get(name),
        show_default=_shown(field.default),
        rich_help_panel=panel,
        autocompletion=COMPLETED.get(name),
    )
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=option, annotation=_annotation(field))


def _flags(name: str) -> tuple[str, ...]:
    flag = f"--{name.replace('_', '-')}"
    if Settings.model_fields[name].annotation is bool:
        return (f"{flag}/--no-{flag[2:]}",)
    return FLAGS.get(name, (flag,))


def _annotation(field: FieldInfo) -> Any:
    if _collects(field, dict):
        return list[str] | None
    if _collects(field, tuple):
        return list[Path] | None
    return field.annotation | None  # type: ignore[operator]  # None stands for "not given"


def _collects(field: FieldInfo, kind: type) -> bool:
    return get_origin(field.annotation) is kind


def _shown(default: Any) -> str | bool:
    """The default as text, because the option's own is None."""
    if isinstance(default, bool) or not isinstance(default, int | float | str | Path):
        return False
    return f"{default:g}" if isinstance(default, float) else str(default)
