"""A task of lmms-eval as a benchmark: `lmms:TASK`."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from mmeval import media
from mmeval.bridge.child import Child, TaskError
from mmeval.bridge.install import INSTALL, VERSION, package, python
from mmeval.data.archives import Unpacked
from mmeval.data.hub import Hub
from mmeval.definitions import Benchmark, Source
from mmeval.errors import CatalogError, DataError, ScoreError, UsageError, nearest
from mmeval.metrics import accuracy
from mmeval.metrics.base import Metric
from mmeval.metrics.missing import RULE, by_value
from mmeval.scorers import Scorer
from mmeval.scorers.readers import thinking
from mmeval.types import JSON, Estimate, Image, Part, Prompt, Record, Reply, Row, Sample, Score, Text

__all__ = ["PREFIX", "benchmark", "is_bridged", "named", "tasks"]

PREFIX = "lmms:"
LABEL = "lmms-eval."
"""Before the task in the name of a stored run."""
PROFILE = "lmms-eval"
HOOK_S = 30.0
"""Seconds for one prompt or one score."""
LONG_S = 600.0
"""Seconds to import a task's code, to open its documents, or to aggregate."""
ROOM = 1024
"""Fewest tokens of a reply: tasks that allow 16 would cut every model that thinks."""
FRAMES = "frames=32"
"""How films are shown unless `--video` says otherwise; a task does not say."""
ON_HUB = re.compile(
    r"(?:https://huggingface\.co|hf:/)/datasets/([\w.-]+/[\w.-]+)(?:@([^/]+)|/(?:resolve|raw)/([^/]+))?/(.+)"
)
"""A file in a data set on the hub."""
READ = {
    "cache_dir", "create_link", "data_files", "force_download", "force_unzip", "local_files_only", "revision", "token",
    "trust_remote_code", "verification_mode", "video",
}  # fmt: skip
"""Keys of `dataset_kwargs` that are obeyed, or that say only how to fetch."""


def is_bridged(name: str) -> bool:
    """Whether a name is that of a task: `lmms:TASK`, or `lmms-eval.TASK` in a stored run."""
    return name.startswith((PREFIX, LABEL))


def named(name: str) -> str:
    """The task of such a name."""
    return name.removeprefix(PREFIX).removeprefix(LABEL)


def tasks() -> list[str]:
    """The names of all tasks; raises UsageError where lmms-eval is not installed."""
    child = Child(python())
    try:
        return list(child.ask({"op": "list"}, seconds=LONG_S)["tasks"])
    finally:
        child.close()


@cache
def _child(task: str) -> Child:
    """The process that runs one task's code, shared by its data, its scorer and its metric."""
    return Child(python(), [{"op": "about", "task": task}])


@cache
def _about(task: str) -> dict[str, Any]:
    """What the task is made of; raises CatalogError or UsageError with the way out."""
    name = f"{PREFIX}{task}"
    child = Child(python())
    try:
        return child.ask({"op": "about", "task": task}, seconds=LONG_S)
    except TaskError as error:
        if error.kind == "unknown":
            known = [f"{PREFIX}{one}" for one in tasks()]
            hint = nearest(name, known) or "; `mmeval bridge lmms list` names them"
            raise CatalogError(f"no task {name}{hint}") from None
        if error.kind == "package":
            more = f"`{INSTALL} --with {package(error.package)}`"
            raise UsageError(f"{name} needs the package {error.package}; run {more}") from None
        if error.kind == "judge":
            raise UsageError(f"{name} asks a judge through {error.package}, which the bridge cannot answer") from None
        raise UsageError(f"{name}: its code cannot be loaded: {error}") from None
    finally:
        child.close()


def benchmark(task: str) -> Benchmark:
    """The benchmark of a task.

    Raises:
        CatalogError: there is no such task; the message suggests the nearest names.
        UsageError: it cannot be run here; the message says why, and which command helps.
    """
    about = _about(task)
    config = about["config"]
    _refuse(task, about)
    limit, options = _limit(config), config.get("generation_kwargs") or {}
    source = _hub(task, config)
    rule = JudgedRule(task, about["code"]) if about["judge"] else Rule(task)
    return Benchmark(
        name=f"{LABEL}{task}", version=VERSION, title=f"{task} (lmms-eval)",
        about=f"The task {task} of lmms-eval {VERSION}: its prompts and its scoring code, not ours.",
        data=Bridged(task, source, about["code"], options, _cache(config)), to_sample=to_sample,
        score=Scorer(name="lmms-eval", rules={PROFILE: rule}, version=3), profile=PROFILE,
        metric=_metric(task, rises=about["rises"], judged=bool(about["judge"])),
        cluster=config.get("cluster_key") or "document", license=None,
        url=f"https://huggingface.co/datasets/{source.id}", paper=None, rows=None, chance=None,
        audio="wav" if "audio" in about["shows"] else None, video=FRAMES if "video" in about["shows"] else None,
        max_tokens=limit,
        temperature=float(options.get("temperature") or 0.0) if options.get("do_sample") else 0.0,
        policy={"truncated": "score", "refused": "score", "filtered": "zero", "empty": "score"},
        tags=("third-party",),
    )  # fmt: skip


def _limit(config: Mapping[str, Any]) -> int | None:
    """The task's limit of tokens if it leaves room for a model that thinks, else the provider's default."""
    limit = (config.get("generation_kwargs") or {}).get("max_new_tokens")
    return limit if isinstance(limit, int) and limit >= ROOM else None


def _refuse(task: str, about: Mapping[str, Any]) -> None:
    """Raise UsageError for a task that the bridge cannot run as lmms-eval would."""
    config, name = about["config"], f"{PREFIX}{task}"
    kwargs = config.get("dataset_kwargs") or {}
    if config.get("output_type", "generate_until") != "generate_until":
        raise UsageError(f"{name} wants {config['output_type']}; only tasks with `generate_until` can be run")
    if about["judge_of_all"]:
        raise UsageError(f"{name} asks a judge ({about['judge_of_all']}) about all replies at once, not about each")
    if (config.get("repeats") or 1) > 1:
        raise UsageError(f"{name} scores {config['repeats']} replies to each question together; a run has one")
    if kwargs.get("From_YouTube"):
        raise UsageError(f"{name} takes its films from YouTube, where nothing can be pinned")
    if kwargs.keys() - READ:
        raise UsageError(f"{name}: its data are read in a way that the bridge lacks: {', '.join(kwargs.keys() - READ)}")


def _cache(config: Mapping[str, Any]) -> str | None:
    """The folder in which the task looks for media from archives beside the data, if it does."""
    kwargs = config.get("dataset_kwargs") or {}
    return str(kwargs["cache_dir"]) if kwargs.get("video") and kwargs.get("cache_dir") else None


def _hub(task: str, config: Mapping[str, Any]) -> Hub:
    """Where its documents are; raises UsageError for anything but a split of a data set on the hub."""
    split = config.get("test_split") or config.get("validation_split")
    where, kwargs = str(config.get("dataset_path")), config.get("dataset_kwargs") or {}
    files = kwargs.get("data_files")
    files = files.get(split) if isinstance(files, dict) else files
    found = ON_HUB.fullmatch(files) if isinstance(files, str) else None
    if split and found and "/" not in where:  # files of a data set, opened by their format
        revision = found[2] or found[3]
        pin = None if revision == "main" else revision
        return Hub(id=found[1], config=None, split=split, revision=pin, data_files=found[4])
    if not split or where.count("/") != 1 or not (files is None or isinstance(files, str)):
        raise UsageError(f"{PREFIX}{task}: its data is not one split of a data set on the hub ({where}, {split})")
    return Hub(
        id=where, config=config.get("dataset_name"), split=split, revision=kwargs.get("revision"), data_files=files
    )


@dataclass(frozen=True, slots=True)
class Bridged:
    """The documents of a task, as prompts that its own code made."""

    task: str
    source: Source
    code: str
    """sha256 of the files of the task that were read, hexadecimal."""
    options: Mapping[str, JSON]
    """What the task says about generation."""
    cache: str | None = None
    """The folder in which its code looks for media, from archives and files beside the data."""

    def sources(self) -> tuple[Source, ...]:
        """The data set on the hub."""
        return (self.source,)

    def with_sources(self, sources: tuple[Source, ...]) -> Bridged:
        """A copy with another state of the data set."""
        return replace(self, source=sources[0])

    def describe(self) -> Mapping[str, JSON]:
        """The data set, with the task, its code and its own generation options."""
        own: dict[str, JSON] = {
            "kind": "lmms-eval",
            "task": self.task,
            "code": self.code,
            "generation": dict(self.options),
        }
        return {**(self._media().describe() if self.cache else self.source.describe()), **own}

    def _media(self) -> Unpacked:
        assert isinstance(self.source, Hub)
        return Unpacked(source=self.source, archives=("*",))

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the prompts; a document whose code fails is a row with `error`."""
        child = _child(self.task)
        for index in range(self._open(child, offline)):
            try:
                made = child.ask({"op": "sample", "index": index}, seconds=HOOK_S)
                self._inside(made["parts"], offline)
                yield {"index": index, **made}
            except TaskError as error:
                yield {"index": index, "error": str(error)}

    def _inside(self, parts: Iterable[Mapping[str, Any]], offline: bool) -> None:
        """Raise TaskError for a film that is not one of the data set."""
        paths = [Path(part["path"]) for part in parts if "path" in part]
        folder = self._media().folder(offline=offline) if paths and self.cache else None
        for path in paths:
            if folder is None or not path.is_relative_to(folder.resolve()):
                raise TaskError(f"it shows the film {path.name}, which is not one of its data set")

    def _open(self, child: Child, offline: bool) -> int:
        source = self.source
        assert isinstance(source, Hub)
        files = {"files": source.fetch(offline=offline), "format": source.format or "parquet", "split": source.split}
        if self.cache:
            files |= {"folder": str(self._media().folder(offline=offline)), "cache": self.cache}
        request = {"op": "open", **files}
        if request not in child.first:
            child.first[1:] = []
            child.close()  # a new process begins with `first`, and opens these files once
            child.first.append(request)
        try:
            return int(child.ask({"op": "count"}, seconds=LONG_S)["rows"])
        except TaskError as error:
            raise DataError(f"{source.where}: {error}") from None


MAKE: Mapping[str, Callable[..., Part]] = {"image": media.image, "video": media.video, "audio": media.audio}


def to_sample(row: Row) -> Sample:
    """The prompt that the task's code made. Where it failed, a picture that no model can be sent says why."""
    index = str(row["index"])
    if "error" in row:
        broken = Image(
            b"", "application/octet-stream", hashlib.sha256(b"").hexdigest(), source=f"no prompt ({row['error']})"
        )
        return Sample(id=index, prompt=(broken,), target=None)
    parts = tuple(_part(part, f"{part['type']} {n}") for n, part in enumerate(row["parts"]))
    return Sample(id=index, prompt=parts, target=row["target"], cluster=row["cluster"])


def _part(part: Mapping[str, Any], source: str) -> Part:
    if part["type"] == "text":
        return Text(part["text"])
    if "path" in part:
        return media.video(Path(part["path"]), start=part.get("start"), end=part.get("end"))
    return MAKE[part["type"]](base64.b64decode(part["data"]), source=source)


@dataclass(frozen=True, slots=True)
class Rule:
    """Scores a reply with the task's own code."""

    task: str

    def __call__(self, sample: Sample, reply: Reply) -> Score:
        """The number of the task's first metric that has one; raises ScoreError with what its code did."""
        try:
            request = {"op": "score", "index": int(sample.id), "reply": reply.text}
            said = _child(self.task).ask(request, seconds=HOOK_S)
        except TaskError as error:
            raise ScoreError(str(error)) from None
        return Score(value=said["value"], answer=reply.text.strip()[:500], rule=said["metric"], note=said["said"])


_VERDICTS: dict[tuple[str, str, str], list[str]] = {}
"""What judges said, by task, question and reply: the aggregation scores every reply again."""


@dataclass(frozen=True, slots=True)
class JudgedRule:
    """Scores a reply with the task's own code, whose questions to a judge go to the judge of the run."""

    task: str
    digest: str
    """sha256 of the task's files, which hold the judge's prompts."""

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Score:
        """What the judge is asked first."""
        return self.parse(sample, reply)

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Score:
        """What the judge is asked next, or the score."""
        said = [thinking.split(verdict.text).answer.strip() for verdict in verdicts]
        try:
            request = {"op": "score", "index": int(sample.id), "reply": reply.text, "verdicts": said}
            found = _child(self.task).ask(request, seconds=HOOK_S)
        except TaskError as error:
            raise ScoreError(str(error)) from None
        if "ask" in found:
            return tuple(_part(part, f"judge's {part['type']} {n}") for n, part in enumerate(found["ask"]))
        _VERDICTS[self.task, sample.id, reply.text] = said
        return Score(value=found["value"], answer=reply.text.strip()[:500], rule=found["metric"], note=found["said"])


def _metric(task: str, *, rises: bool, judged: bool) -> Metric:
    """The mean over questions, and beside it what the task's own aggregation says."""
    plain = accuracy(name="score", by=())
    kept: dict[str, Mapping[str, Estimate]] = {}

    def aggregate(records: Iterable[Record]) -> Mapping[str, Estimate]:
        found = list(records)
        out = dict(plain.aggregate(found))
        replies = [
            [int(one.id), one.reply.text, one.cluster, _VERDICTS.get((task, one.id, one.reply.text))]
            for one in found
            if one.reply is not None and one.score is not None and one.score.rule != RULE
        ]
        key = hashlib.sha256(repr(replies).encode("utf-8", "surrogatepass")).hexdigest()
        if replies and key not in kept and not (judged and any(row[-1] is None for row in replies)):
            kept[key] = _official(task, replies)
        return {**out, **kept.get(key, {})}

    about = f"Mean over questions of the score of lmms-eval {VERSION}; `score/lmms-eval:...` is its own aggregate."
    return replace(
        plain, aggregate=aggregate, about=about, extremes=by_value, higher_is_better=rises, version=1 if rises else 2
    )


def _official(task: str, replies: list[list[Any]]) -> dict[str, Estimate]:
    """The task's own numbers; a number on a scale of 100 or a sum is stored as a hundredth, to be shown as it is."""
    try:
        table = _child(task).ask({"op": "aggregate", "replies": replies}, seconds=LONG_S)["metrics"]
    except TaskError:
        return {}
    found: dict[str, Estimate] = {}
    for name, one in table.items():
        value, low, high = one["value"], one.get("low", one["value"]), one.get("high", one["value"])
        unit = 100.0 if max(abs(value), abs(low), abs(high)) > 1 else 1.0
        how = "clusters drawn again, 200 times" if "low" in one else "no interval"
        found[f"score/lmms-eval:{name}"] = Estimate(
            value=value / unit, low=low / unit, high=high / unit, n=len(replies), method=how
        )
    return found
