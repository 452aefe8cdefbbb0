"""Reader for `run.json` of schema 1: other names of some keys, and digests of source files where code counts now."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmeval.store.info import canonical

_RENAMED = {"samples": "samples_digest", "scores": "scores_digest", "headline": "primary_metric"}
_DEFAULTS: Mapping[str, Any] = {
    "variant": "", "judge": None, "judge_digest": None, "options": {}, "epochs": 1, "limit": None, "seed": 0,
    "shard": None, "subset": None, "data": {}, "media_policy": {},
}  # fmt: skip
"""What the keys of a spec meant where they were absent."""


@functools.cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    """`scorers`, `definitions` and `adapters` by their old digest; `judges` by their new one."""
    tables: Mapping[str, Mapping[str, str]] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
    return tables


def upgrade(raw: dict[str, Any]) -> dict[str, Any]:
    """The object of a schema 1 file as schema 2 has it; what is malformed stays so and fails validation."""
    new = {_RENAMED.get(key, key): value for key, value in raw.items()} | {"schema_version": 2}
    spec = raw.get("spec")
    return new | {"spec": _upgrade_spec(spec)} if isinstance(spec, dict) else new


def _upgrade_spec(old: Mapping[str, Any]) -> dict[str, Any]:
    tables = _tables()
    new = {key: value for key, value in old.items() if key != "scorer_digest"}
    for key, table in (("definition_digest", tables["definitions"]), ("adapter_digest", tables["adapters"])):
        if isinstance(old.get(key), str):
            new[key] = table.get(old[key], old[key])
    digest = old.get("scorer_digest")
    if isinstance(digest, str):
        # An imported run was not scored here, and has an empty digest.
        new["scorer"] = tables["scorers"].get(digest, f"unknown#{digest[:12]}" if digest else "")
    return new


def spec_digest(raw: Mapping[str, Any]) -> str:
    """The digest that named the folder of a schema 1 run, hexadecimal."""
    return hashlib.sha256(canonical({**_DEFAULTS, **raw["spec"]})).hexdigest()


def judge_digest(digest: str) -> str:
    """The digest that schema 1 had for a judge's prompt, schema and parser; other digests come back as they are.

    Verdicts of bundled judges keep the identity under which they were stored, so that old and new runs compare.
    """
    return _tables()["judges"].get(digest, digest)
