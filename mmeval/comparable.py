"""When are two runs comparable? One table: for every key of a spec, which purposes allow it to differ, and why.

The gate, `mmeval diff`, the board and `mmeval merge` ask this module and decide nothing themselves. docs/comparable.md
shows the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Final, Literal, get_args

from mmeval.store import RunInfo

__all__ = ["KEYS", "Change", "Key", "Purpose", "Subject", "changes", "may_differ", "refused", "short"]

Subject = Literal["model", "prompt", "adapter", "scorer", "code"]
"""What a change is about: a gate refuses runs that differ in anything else."""
Purpose = Subject | Literal["column", "paired", "merge"]
"""A gate with this subject; one column of the board; a paired test; merging shards of one run."""
Answer = Literal["equal", "free", "not yet"]
"""`not yet`: the key should be equal, but requiring it now would split columns of existing boards."""

ALL: Final = frozenset[Subject](get_args(Subject))


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One row of the table."""

    name: str
    """A field of `Spec`, `options.*` and `data.*` for the fields inside it, `mmeval`, or `samples_digest`."""
    gate: frozenset[Subject] = frozenset()
    """The gate subjects that explain a difference; none: the gate always refuses it."""
    column: Answer = "free"
    paired: Answer = "free"
    merge: Answer = "equal"
    why: str


def _of(*subjects: Subject) -> frozenset[Subject]:
    return frozenset(subjects)


KEYS: Final[tuple[Key, ...]] = (
    Key(name="benchmark", column="equal", paired="equal", why="Two benchmarks have no sample in common."),
    Key(name="variant", column="equal", why="An ablation changes what the model sees."),
    Key(name="version", column="equal", why="A new version of a benchmark says that its numbers have changed."),
    Key(name="model", gate=_of("model"), why="The model is what a board ranks and what most gates test."),
    Key(
        name="endpoint",
        gate=_of("model", "adapter"),
        why="Where a model is served; another model or adapter may live elsewhere.",
    ),
    Key(
        name="adapter_digest",
        gate=_of("model", "adapter", "code"),
        why="The code that sends the prompt; another provider has another adapter.",
    ),
    Key(
        name="media_policy",
        gate=_of("adapter", "code"),
        why="How images are resized and encoded, which follows from the limits of the adapter.",
    ),
    Key(
        name="options.system",
        gate=_of("prompt"),
        why="The system prompt is part of the prompt.",
    ),
    Key(
        name="options.*",
        why="Temperature, token limit and the like change answers; a board shows every model with its own.",
    ),
    Key(
        name="definition_digest",
        gate=_of("prompt", "code"),
        column="not yet",
        why="Prompts are in the definition, but the digest also covers its comments and imports.",
    ),
    Key(name="profile", gate=_of("scorer"), column="equal", why="A profile selects the scoring rule."),
    Key(name="judge", gate=_of("scorer"), column="equal", why="Another judge gives other scores."),
    Key(name="judge_digest", gate=_of("scorer"), column="equal", why="The prompt of the judge decides its scores."),
    Key(
        name="scorer_digest",
        gate=_of("scorer", "code"),
        column="equal",
        why="Another rule gives other scores for the same replies.",
    ),
    Key(name="data.revision", column="equal", why="Another revision of the data set may hold other samples."),
    Key(name="data.sha256", column="equal", why="The content of the data."),
    Key(name="data.md5", column="equal", why="The content of the data, as the data's publisher states it."),
    Key(name="data.split", column="equal", why="Another split holds other samples."),
    Key(name="data.config", column="equal", why="Another configuration of a data set holds other samples."),
    Key(name="data.parts", column="equal", why="The sources of combined data, each with its revision and digest."),
    Key(name="data.n", column="equal", why="The number of samples that a generator draws."),
    Key(name="data.seed", column="equal", why="Another seed draws other samples."),
    Key(name="data.*", why="Names, addresses and paths; they do not say what the data holds."),
    Key(
        name="imported.*",
        why="The file of another tool; every imported run has its own.",
    ),
    Key(name="seed", why="The seed decides the order of samples, shuffled ablations and sampling."),
    Key(
        name="limit",
        gate=ALL,
        column="equal",
        why="How many samples were asked; a pairwise comparison uses shared ones.",
    ),
    Key(name="subset", gate=ALL, why="Which samples were selected; on the board `samples_digest` decides."),
    Key(
        name="shard", gate=ALL, merge="free", why="Which part of the samples was asked; on the board, as for `subset`."
    ),
    Key(name="epochs", gate=ALL, column="equal", why="More replies per sample narrow intervals; pairs use their mean."),
    Key(
        name="samples_digest",
        gate=ALL,
        column="equal",
        merge="free",
        why="Which samples were asked; the gate pairs by id and requires `errors.overlap`.",
    ),
    Key(
        name="mmeval",
        gate=_of("code"),
        merge="free",
        why="The version without its patch number; a minor release may change how runs are made.",
    ),
)
"""From what is measured to how much of it. A name with `*` stands for every key that has no row of its own."""


@dataclass(frozen=True, slots=True)
class Change:
    """A key in which two runs differ."""

    key: str
    base: Any
    candidate: Any

    def __str__(self) -> str:
        return f"{self.key}: {short(self.base)} -> {short(self.candidate)}"


def short(value: Any) -> str:
    """A value for people: digests and long texts are cut."""
    text = str(value)
    if len(text) == 64 and all(c in "0123456789abcdef" for c in text):
        return text[:12]
    return text if len(text) <= 60 else f"{text[:57]}..."


def may_differ(key: str, purpose: Purpose) -> bool:
    """Whether two runs that differ in `key` are comparable for this purpose; raises KeyError for an unknown key."""
    row = KEYS[_row(key)]
    if purpose == "column":
        return row.column != "equal"
    if purpose == "paired":
        return row.paired != "equal"
    if purpose == "merge":
        return row.merge != "equal"
    return purpose in row.gate


@cache
def _row(key: str) -> int:
    """The number of the row: the one with exactly this name, else the pattern that matches."""
    names = [row.name for row in KEYS]
    if key in names:
        return names.index(key)
    found = [i for i, name in enumerate(names) if fnmatchcase(key, name)]
    if not found:
        raise KeyError(f"{key} is not in the table of comparable keys")
    return found[0]


def changes(base: RunInfo, candidate: RunInfo) -> tuple[Change, ...]:
    """The keys in which two runs differ, in the order of the table.

    An option that one adapter does not have equals one that the other leaves unset.
    """
    first, second = _flat(base), _flat(candidate)
    if _same_unknown_scorer(first, second):
        first[SCORER] = second[SCORER]
    keys = [key for key in first.keys() | second.keys() if first.get(key) != second.get(key)]
    return tuple(Change(key, first.get(key), second.get(key)) for key in sorted(keys, key=lambda k: (_row(k), k)))


def refused(base: RunInfo, candidate: RunInfo, purpose: Purpose) -> list[Change]:
    """The differences that this purpose does not allow; with any of them the runs are not comparable."""
    return [change for change in changes(base, candidate) if not may_differ(change.key, purpose)]


SCORER: Final = "scorer_digest"
UNKNOWN: Final = "unknown#"
"""Start of a scorer's identity that was a digest in a run of schema 1 and belongs to no versioned rule."""


def _same_unknown_scorer(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Whether one scorer is unknown, the other is a user's own (`name#digest`), and the definition is the same.

    Runs of schema 1 do not name a user's own scorer. It belongs to the definition, so the same definition means the
    same scorer. Two unknown scorers with different digests stay different.
    """
    known, unknown = sorted((str(first[SCORER]), str(second[SCORER])), key=lambda name: name.startswith(UNKNOWN))
    own = "#" in known and not known.startswith(UNKNOWN)
    same = first["definition_digest"] == second["definition_digest"]
    return own and unknown.startswith(UNKNOWN) and same


def _flat(info: RunInfo) -> dict[str, Any]:
    spec = info.spec.model_dump(mode="json")
    flat = {key: value for key, value in spec.items() if key not in ("options", "data", "media_policy")}
    flat |= {f"options.{key}": value for key, value in info.spec.options.items()}
    source = "imported" if info.spec.data.get("kind") == "imported" else "data"
    flat |= {f"{source}.{key}": value for key, value in info.spec.data.items()}
    flat["media_policy"] = spec["media_policy"] or None
    flat["samples_digest"] = info.samples_digest
    version = info.provenance.get("mmeval")
    flat["mmeval"] = ".".join(version.split(".")[:2]) if isinstance(version, str) else None
    return flat
