"""One run of a small benchmark, made once; each test works on a copy of its results folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mmeval.engine.options import Settings
from mmeval.runner import run_one
from mmeval.runner.finish import summarise
from mmeval.store import Files, Run, read_run, write_info, write_journal

DEFINITION = '''
"""Names of fruit."""
from mmeval import Benchmark, Sample, Text, data
from mmeval.metrics import accuracy
from mmeval.scorers import choice

FRUIT = ("apple", "pear", "plum")

def row(draw):
    return {"says": draw.choice(["A", "B", "The answer is C", "I do not know"]), "answer": draw.choice("ABC")}

def to_sample(row):
    return Sample(id=row["id"], prompt=(Text(row["says"]),), target=row["answer"], choices=FRUIT,
                  tags={"category": row["says"][:1]})

benchmark = Benchmark(
    name="fruit", version="1", title="Fruit", about=__doc__, data=data.generated(row, n=24, seed=3),
    to_sample=to_sample, score=choice(), profile="mmeval", metric=accuracy(), cluster=None, license=None, url=None,
    paper=None, rows=24, chance=1 / 3, redistribute=True,
)
'''


class Project:
    """A folder with a benchmark and a run of it."""

    def __init__(self, root: Path) -> None:
        self.root, self.results = root, root / "results"
        self.settings = Settings(path=(root,), results=self.results, cache="off")

    @property
    def definition(self) -> Path:
        return self.root / "benchmarks" / "fruit.py"

    @property
    def run(self) -> Run:
        (folder,) = self.results.glob("mock__echo/fruit@1/*")
        return read_run(folder)

    def forge(self, change, *, journal: bool = True) -> None:
        """Change the records and write everything that follows from them; without `journal`, all but the journal."""
        run = self.run
        files, honest = Files(run.path), run.files.journal.read_bytes()
        write_journal(files.journal, [change(record) for record in run.records()])
        summary = summarise(run.path, self.settings.catalog.benchmark("fruit"))
        totals = run.info.totals.model_dump(include={"requests", "retries", "wall_s"})
        write_info(run.path, run.info.summarised(summary, status="complete", reason=None, totals=totals))
        if not journal:
            files.journal.write_bytes(honest)

    def edit(self, **changes) -> None:
        """Change fields of run.json."""
        run = self.run
        write_info(run.path, run.info.model_copy(update=changes))


@pytest.fixture(autouse=True)
def _plugins_found_once(monkeypatch):
    """Reading the metadata of every installed package takes longer than all else here."""
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: ())


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("verify")
    project = Project(root)
    project.definition.parent.mkdir()
    project.definition.write_text(DEFINITION)
    run_one("fruit", "mock/echo", project.settings)
    return root


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Project:
    root = tmp_path / "project"
    shutil.copytree(made, root)
    return Project(root)
