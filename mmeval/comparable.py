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

from mmeval.sampling import in_words
from mmeval.store import RunInfo

__all__ = ["KEYS", "Change", "Key", "Purpose", "Subject", "changes", "may_differ", "refused", "settings", "short"]

Subject = Literal["model", "prompt", "adapter", "scorer", "code"]
"""What a change is about: a gate refuses runs that differ in anything else."""
Purpose = Subject | Literal["column", "pooled", "paired", "merge"]
"""A gate with this subject; one column of the board; runs of one model that a cell of it pools; a paired test; merging
shards of one run."""
Answer = Literal["equal", "free"]
ColumnAnswer = Answer | Literal["setting"]

ALL: Final = frozenset[Subject](get_args(Subject))


@dataclass(frozen=True, slots=True)
class Key:
    """One row of the table."""

    name: str
    """A field of `Spec`, `options.NAME` or `data.NAME` for what is inside it, `mmeval`, or `samples_digest`."""
    why: str
    gate: frozenset[Subject] = frozenset()
    """The gate subjects that explain a difference; none: the gate always refuses it."""
    column: ColumnAnswer = "free"
    """`equal`: runs that differ do not share a column. `setting`: they do, but are different settings of a model, of
    which one is ranked. `free`: the runs of a model are pooled."""
    paired: Answer = "free"
    merge: Answer = "equal"


def _of(*subjects: Subject) -> frozenset[Subject]:
    return frozenset(subjects)


KEYS: Final[tuple[Key, ...]] = (
    Key("benchmark", "Two benchmarks have no sample in common.", column="equal", paired="equal"),
    Key(
        "variant",
        "Without images, with rotated options, with other closings or with its options scored (by their texts, their "
        "letters or a similarity) a benchmark asks something else.",
        column="equal",
    ),
    Key("want", "A text, a score for each option, an image, a sound or a film.", column="equal", paired="equal"),
    Key("version", "A new version of a benchmark says that its numbers have changed.", column="equal"),
    Key("model", "The model is what a board ranks and what most gates test.", gate=_of("model")),
    Key(
        "endpoint",
        "Where the model is served: other weights, precision or limits may answer under the same name.",
        gate=_of("model", "adapter"),
        column="setting",
    ),
    Key(
        "adapter_digest",
        "The adapter and its version: what is sent to the provider. Your own adapter is compared by its code.",
        gate=_of("model", "adapter", "code"),
        column="setting",
    ),
    Key(
        "media_policy",
        "How images are resized and encoded; it follows from the limits of the adapter.",
        gate=_of("adapter", "code"),
        column="setting",
    ),
    Key(
        "video",
        "How a film is shown decides what a model can see in it: which frames, how many, how large.",
        column="equal",
    ),
    Key("audio", "How a sound is given: its rate, and whether it is cut off.", column="equal"),
    Key(
        "decoder",
        "Another decoder may find other frames in the same film.",
        gate=_of("code"),
        column="setting",
    ),
    Key(
        "engine",
        "The software that ran a local model, and its version: another one rounds otherwise, and replies change.",
        gate=_of("adapter", "code"),
        column="setting",
    ),
    Key(
        "precision",
        "The precision in which a local model was run; `auto` depends on the machine.",
        gate=_of("adapter"),
        column="setting",
    ),
    Key(
        "recipe",
        "A recipe sets prompts, sampling and sizes together, as one report states them; its digest covers what it sets "
        "in this run.",
        column="setting",
    ),
    Key(
        "image",
        "The least and most pixels of a picture decide what a model can see in it.",
        gate=_of("adapter"),
        column="setting",
    ),
    Key("options.system", "The system prompt is part of the prompt.", gate=_of("prompt"), column="setting"),
    Key("options.seed", "Another seed is another draw of the same model: a try like any other."),
    Key(
        "options.coordinates",
        "How the coordinates in a model's replies are read; a property of the model.",
        gate=_of("model"),
        column="setting",
    ),
    Key("options.*", "Temperature, token limit and the like change answers.", column="setting"),
    Key(
        "definition_digest",
        "The code of the definition holds the prompts and chooses the rows; comments do not count.",
        gate=_of("prompt", "code"),
        column="equal",
    ),
    Key(
        "profile",
        "A profile selects the scoring rule; of scored options, the sum or the mean per token.",
        gate=_of("scorer"),
        column="equal",
    ),
    Key("judge", "Another judge gives other scores.", gate=_of("scorer"), column="equal"),
    Key("judge_digest", "The prompt of the judge decides its scores.", gate=_of("scorer"), column="equal"),
    Key(
        "scorer",
        "Another rule gives other scores to the same replies.",
        gate=_of("scorer", "code"),
        column="equal",
    ),
    Key("data.revision", "Another revision of the data set may hold other samples.", column="equal"),
    Key("data.sha256", "Other content may hold other samples.", column="equal"),
    Key("data.md5", "Other content may hold other samples.", column="equal"),
    Key("data.split", "Another split holds other samples.", column="equal"),
    Key("data.config", "Another configuration of a data set holds other samples.", column="equal"),
    Key("data.parts", "The sources of combined data, each with its revision and digest.", column="equal"),
    Key("data.n", "A generator that draws more samples draws other ones.", column="equal"),
    Key("data.seed", "Another seed draws other samples.", column="equal"),
    Key("data.generators", "Another version of a generator draws other samples.", column="equal"),
    Key("data.commitment", "Another private seed draws other samples.", column="equal"),
    Key("data.*", "Name, address and path of the data do not say what it holds."),
    Key("imported.*", "The file of another tool; every imported run has its own."),
    Key("seed", "It decides the order of the samples, what shuffled ablations show, and what some models sample."),
    Key("limit", "How many samples were asked; on the board `samples_digest` decides.", gate=ALL),
    Key("subset", "Which samples were selected; on the board `samples_digest` decides.", gate=ALL),
    Key("shard", "Which part of the samples was asked; on the board `samples_digest` decides.", gate=ALL, merge="free"),
    Key(
        "epochs",
        "More replies per sample narrow the interval of a model; pairs and the board use the mean of a sample.",
        gate=ALL,
    ),
    Key(
        "samples_digest",
        "Which samples were asked; the gate pairs by id, and what the candidate lacks counts as unmeasured.",
        gate=ALL,
        column="equal",
        merge="free",
    ),
    Key(
        "mmeval",
        "The version without its patch number; a minor version may change how runs are made.",
        gate=_of("code"),
        column="setting",
        merge="free",
    ),
)
"""The most telling keys first: a message names the first difference. `*` stands for every key without its own row."""


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
    if purpose == "pooled":
        return row.column == "free"
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

    An option that one adapter does not have equals one that the other leaves unset. What was wanted is compared where
    both runs recorded it. So are engines and precisions, if the runs have the same adapter; otherwise `adapter_digest`
    tells them apart.
    """
    first, second = _flat(base), _flat(candidate)
    for key in SOURCES:
        if _same_file(base, candidate, key) or _same_file(candidate, base, key):
            first[key] = second[key]
    if _same_unknown_scorer(first, second):
        first[SCORER] = second[SCORER]
    if None in (first["want"], second["want"]):
        first["want"] = second["want"]
    for key in RAN:
        if None in (first.get(key), second.get(key)) or first["adapter_digest"] != second["adapter_digest"]:
            first[key] = second.get(key)
    keys = [key for key in first.keys() | second.keys() if first.get(key) != second.get(key)]
    return tuple(Change(key, first.get(key), second.get(key)) for key in sorted(keys, key=lambda k: (_row(k), k)))


def refused(base: RunInfo, candidate: RunInfo, purpose: Purpose) -> list[Change]:
    """The differences that this purpose does not allow; with any of them the runs are not comparable."""
    return [change for change in changes(base, candidate) if not may_differ(change.key, purpose)]


def settings(info: RunInfo) -> dict[str, Any]:
    """The settings of the model in a run, by key: what a column lets models differ in and does not pool."""
    return {key: value for key, value in _flat(info).items() if KEYS[_row(key)].column == "setting"}


SOURCES: Final = ("definition_digest", "adapter_digest")
"""Digests that were of a whole file in schema 1, and are of its code now."""


def _same_file(old: RunInfo, new: RunInfo, key: str) -> bool:
    """Whether the old run, of schema 1, used the very file of the new one, whose provenance has the file's digest."""
    sources = new.provenance.get("sources")
    return isinstance(sources, dict) and sources.get(key) == getattr(old.spec, key)


RAN: Final = ("engine", "precision")
"""What a local model was run with; recorded, not asked for."""
SCORER: Final = "scorer"
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
    spec = info.spec.plain
    flat = {key: value for key, value in spec.items() if key not in ("options", "data", "media_policy")}
    flat |= {f"options.{key}": value for key, value in info.spec.options.items()}
    source = "imported" if info.spec.data.get("kind") == "imported" else "data"
    flat |= {f"{source}.{key}": value for key, value in info.spec.data.items()}
    shown = dict(spec["media_policy"])
    flat |= {key: in_words(shown.pop(key)) for key in ("image", "video", "audio", "decoder") if key in shown}
    flat["media_policy"] = shown or None
    flat["samples_digest"] = info.samples_digest
    version = info.provenance.get("mmeval")
    flat["mmeval"] = ".".join(version.split(".")[:2]) if isinstance(version, str) else None
    return flat | _ran(info)


def _ran(info: RunInfo) -> dict[str, Any]:
    """What a local model was run with, as far as its adapter recorded it."""
    about = info.provenance.get("adapter")
    if not isinstance(about, dict):
        return {}
    engine = " ".join(str(about[key]) for key in ("engine", "version") if about.get(key))
    return {"engine": engine or None, "precision": about.get("precision") or about.get("dtype")}
