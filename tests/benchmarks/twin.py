"""A twin of a data set: the columns and types of the real one, a few rows of our own, and what must come out."""

from __future__ import annotations

import base64
import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from datasets import Audio, Dataset, Features, Image, List, Value

from mmeval import Benchmark, Record, Reply, Sample, Score, data, media
from mmeval.catalog import Catalog
from mmeval.data.archives import Unpacked
from mmeval.data.combined import Chained, Each, Gathered, Joined, Zipped
from mmeval.data.contract import checked
from mmeval.data.hub import Hub as HubSource
from mmeval.data.pins import Composite
from mmeval.data.remote import Annotated, Supplied, Tsv
from mmeval.definitions import Source
from mmeval.scorers import Convention
from mmeval.scorers.base import writer
from tests.data.fakehub import Hub
from tests.data.pictures import png

S, I, F, B = Value("string"), Value("int64"), Value("float64"), Value("binary")  # noqa: E741
IMG = Image()
L = List


def pic(shade: int) -> dict[str, Any]:
    return {"bytes": png(shade), "path": None}


def b64(shade: int) -> str:
    return base64.b64encode(png(shade)).decode()


ARRAYS = {
    "data.json", "samples.json", "response_template.json", "merge.json", "cultural_common_sense.json",
    "natural_science.json", "VBench_full_info.json",
}  # fmt: skip
"""Files that hold one list."""


@dataclass(frozen=True)
class Twin:
    """Rows by source (one list where there is one source), the golden prompt of the first sample, replies, score."""

    columns: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]
    prompt: Sequence[str | int]
    """Texts, and pictures by their shade."""
    replies: Sequence[Any]
    """Texts, the scores of the choices, or a Reply with what was made."""
    value: float
    """The expected headline."""
    verdicts: Sequence[Any] = ()
    """What a judge says: texts, or the scores of its choices."""
    answers: Sequence[str | None] | None = None
    """What must have been extracted, where that says more than the value."""
    more: Mapping[str, tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]] = field(default_factory=dict)
    """Further sources by config, each with columns and rows."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Files beside user-supplied data, or an archive in the repository."""
    key: str | None = None
    """The config (or file) that `rows` belong to, where there are several."""


def place(hub: Hub, benchmark: Benchmark, twin: Twin, root: Path) -> Benchmark:
    """Write the twin where the benchmark's source looks for it."""
    source = _populated(benchmark.data, twin)
    for index, leaf in enumerate(leaves(source)):
        kept, rows = _part(twin, leaf, index)
        shown = [{name: row.get(name) for name in kept} for row in rows]
        if isinstance(leaf, HubSource):
            _put_hub(hub, leaf, kept, shown, twin.files)
        elif isinstance(leaf, Tsv):
            _put_tsv(hub.root / "_tsv" / f"{leaf.name}.tsv", kept, shown)
        elif isinstance(leaf, Annotated):
            _put_annotated(root / leaf.name / leaf.file, leaf.key, shown, twin.files)
        elif isinstance(leaf, Supplied):
            _put_supplied(root / leaf.name / leaf.file, kept, shown, twin.files)
    return replace(benchmark, data=_redirected(source, hub))


def leaves(source: Source) -> list[Source]:
    if isinstance(source, Composite):
        return [leaf for part in source.sources() for leaf in leaves(part)]
    return [source]


def _part(twin: Twin, leaf: Source, index: int) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
    file = getattr(leaf, "file", None)
    name = getattr(leaf, "config", None) or (file if isinstance(file, str) else getattr(leaf, "id", ""))
    if name in twin.more:
        return twin.more[name]
    mine = index == 0 if twin.key is None else twin.key == name
    return twin.columns, twin.rows if mine else []


def _put_hub(hub: Hub, leaf: HubSource, columns: Any, rows: Any, files: Mapping[str, bytes]) -> None:
    folder = hub.root / leaf.id
    if leaf.data_files:
        _put_supplied(folder / leaf.data_files, columns, rows, {})
    else:
        place = folder / (leaf.config or "data").replace(" ", "_")
        place.mkdir(parents=True, exist_ok=True)
        file = place / f"{leaf.split}-00000-of-00001.parquet"
        table = {name: [row[name] for row in rows] for name in columns}
        sounds = [name for name, column in columns.items() if isinstance(column, Audio)]
        made = Dataset.from_dict(
            table, features=Features({**columns, **{name: {"bytes": B, "path": S} for name in sounds}})
        )
        for name in sounds:  # encoding examples of Audio needs torchcodec; the storage is the same
            made = made.cast_column(name, columns[name])
        made.to_parquet(file)
        if leaf.config:
            _put_configs(folder, leaf.config, leaf.split, file.relative_to(folder).as_posix())
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _put_configs(folder: Path, config: str, split: str, file: str) -> None:
    """The README's list of configs, as the hub's data sets have it."""
    import yaml

    readme = folder / "README.md"
    known = yaml.safe_load(readme.read_text().split("---")[1])["configs"] if readme.exists() else []
    known = [c for c in known if c["config_name"] != config]
    known.append({"config_name": config, "data_files": [{"split": split, "path": file}]})
    readme.write_text(f"---\n{yaml.safe_dump({'configs': known})}---\n")


def _put_tsv(file: Path, columns: Any, rows: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter="\t", lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([["" if row[name] is None else row[name] for name in columns] for row in rows])


def _put_annotated(file: Path, key: str, rows: Any, files: Mapping[str, bytes]) -> None:
    lists: dict[str, list[Any]] = {}
    for row in rows:
        lists.setdefault(row[key], []).append({name: value for name, value in row.items() if name != key})
    _put_supplied(file, (), (), files)
    file.write_text(json.dumps(lists))


def _put_supplied(file: Path, columns: Any, rows: Any, files: Mapping[str, bytes]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix == ".csv":
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, columns)
            writer.writeheader()
            writer.writerows(rows)
    elif file.suffix == ".txt":
        file.write_text("\n\n".join(row["text"] for row in rows))
    elif file.name in ARRAYS:
        file.write_text(json.dumps(rows))
    else:
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    for name, content in files.items():
        (file.parent / name).parent.mkdir(parents=True, exist_ok=True)
        (file.parent / name).write_bytes(content)


def _redirected(source: Source, hub: Hub) -> Source:
    if isinstance(source, Tsv):
        return replace(source, url=f"{hub.url}/_tsv/{source.name}.tsv", md5=None)
    if isinstance(source, Chained | Each | Gathered | Joined | Unpacked | Zipped):
        return source.with_sources(tuple(_redirected(part, hub) for part in source.sources()))
    return source


def shown(sample: Sample) -> list[str | int]:
    """The prompt as a golden file has it: texts, pictures by shade, films and sounds by name; `drawn` for one drawn into."""
    return [
        part.text
        if part.kind == "text"
        else part.source.rpartition(" ")[2]
        if part.kind != "image"
        else _shades().get(part.sha256, "drawn")
        for part in sample.prompt
    ]


@cache
def _shades() -> Mapping[str, int]:
    return {media.image(png(shade)).sha256: shade for shade in range(64)}


def scored(benchmark: Benchmark, twin: Twin, samples: Sequence[Sample]) -> tuple[list[Record], float | None]:
    """Score the scripted replies and aggregate them; hidden labels give no score, as in a run."""
    if benchmark.labels == "hidden":
        return [], None
    rule = rule_of(benchmark)
    verdicts = iter(twin.verdicts)
    records = []
    for sample, text in zip(samples, twin.replies, strict=True):
        reply = text if isinstance(text, Reply) else said(text)
        score = rule(sample, reply) if not hasattr(rule, "parse") else _judged(rule, sample, reply, verdicts)
        records.append(
            Record(
                id=sample.id, epoch=1, status="ok", reply=reply, score=score, cluster=sample.cluster, tags=sample.tags
            )
        )
    numbers = benchmark.metric.aggregate(iter(records))
    headline = numbers.get(benchmark.metric.name)
    return records, headline.value if headline else None


def best_written(benchmark: Benchmark, sample: Sample) -> float:
    """The best score of the accepted answers as the rule writes them; 1 where no rule reads a text."""
    rule: Any = rule_of(benchmark)
    if benchmark.want != "text" or benchmark.labels == "hidden" or hasattr(rule, "parse"):
        return 1.0
    return max(rule(sample, said(text)).value for text in writer(rule)(sample))


def rule_of(benchmark: Benchmark) -> Any:
    """The benchmark's own rule, which reads places as thousandths."""
    rule: Any = benchmark.score.rule(benchmark.profile)
    return rule.speaking(Convention("0-1000")) if hasattr(rule, "speaking") else rule


def said(text: Any) -> Reply:
    """A text, or the scores of the choices."""
    return Reply(text=text, finish="stop") if isinstance(text, str) else Reply(text="", finish="stop", scores=text)


def _judged(rule: Any, sample: Sample, reply: Reply, verdicts: Any) -> Score:
    asked = rule.prompt(sample, reply)
    answers: list[Reply] = []
    while not isinstance(asked, Score):
        answers.append(said(next(verdicts)))
        asked = rule.parse(sample, reply, *answers)
    return asked


def load(name: str, hub: Hub, twin: Twin, root: Path) -> tuple[Benchmark, list[Sample]]:
    benchmark = place(hub, Catalog().benchmark(name), twin, root)
    return benchmark, list(data.samples(benchmark))


@dataclass(frozen=True)
class Renamed:
    """The rows of a twin under the real source's contract, one column renamed."""

    real: Source
    columns: Mapping[str, Any]
    rows_: Sequence[Mapping[str, Any]]
    column: str

    @property
    def where(self) -> str:
        return self.real.where

    def rows(self, *, offline: bool = False):
        def renamed(row: Mapping[str, Any]) -> dict[str, Any]:
            return {f"{name}_v2" if name == self.column else name: row.get(name) for name in self.columns}

        return checked(map(renamed, self.rows_), self.real.columns, where=self.where)

    def describe(self) -> Mapping[str, Any]:
        return self.real.describe()


def renamed(name: str, twin: Twin, column: str) -> Benchmark:
    benchmark = Catalog().benchmark(name)
    index, leaf = next((i, x) for i, x in enumerate(leaves(benchmark.data)) if _part(twin, x, i)[1])
    columns, rows = _part(twin, leaf, index)
    return replace(benchmark, data=Renamed(leaf, columns, rows, column))


def _populated(source: Source, twin: Twin) -> Source:
    """Of many configs only those that the twin has rows for: opening one costs a third of a second."""
    if isinstance(source, Each):
        return source.with_sources((_populated(source.source, twin),))
    if not isinstance(source, Chained):
        return source
    kept = tuple((name, leaf) for i, (name, leaf) in enumerate(source.parts) if _part(twin, leaf, i)[1])
    return replace(source, parts=kept)
