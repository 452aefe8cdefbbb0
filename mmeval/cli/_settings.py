"""Settings that have no option of their own on `mmeval run`: `--name value`, `--name=value`, and bare switches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmeval import UsageError

SWITCHES = ("batch", "offline")
PAIRS = ("columns", "judge_options")
LISTS = ("path",)


def extra(words: Sequence[str]) -> tuple[list[str], dict[str, Any]]:
    """What typer left over, as further positional names and settings by key.

    Raises:
        UsageError: no setting has that name (with the nearest), or its value is missing.
    """
    from mmeval.engine.options import Settings

    names: list[str] = []
    found: dict[str, Any] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            names.append(word)
            continue
        flag, equals, value = word.partition("=")
        key = flag.removeprefix("--").replace("-", "_")
        if not flag.startswith("--") or key not in Settings.model_fields:
            raise UsageError(f"no option {flag}{_nearest(key)}; see `mmeval run --help`")
        if key not in SWITCHES and not equals:
            if not rest:
                raise UsageError(f"{flag}: a value is missing")
            value = rest.pop(0)
        _put(found, key, value, flag=flag)
    return names, found


def _nearest(key: str) -> str:
    from mmeval.engine.options import Settings, nearest

    return nearest(key, Settings.model_fields).replace("_", "-")


def _put(found: dict[str, Any], key: str, value: str, *, flag: str) -> None:
    from mmeval.engine.options import pairs

    if key in SWITCHES:
        found[key] = value or True
    elif key in PAIRS:
        found.setdefault(key, {}).update(pairs([value], flag=flag))
    elif key in LISTS:
        found.setdefault(key, []).append(value)
    else:
        found[key] = value
