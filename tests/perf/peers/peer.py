"""What a peer is to these comparisons: packages, its own form of the questions, and two commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import venv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.perf.measuring import Command, Failed

INSIDE = Path(__file__).parent / "inside"
"""Files that a peer itself loads, in its own environment: a task, a scenario."""
DATA = """
task: questions
dataset_path: parquet
dataset_kwargs: {{data_files: {{test: "{file}"}}}}
test_split: test
output_type: generate_until
"""
"""How lmms-eval and lm-eval find the questions."""
OFFLINE = {
    "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1", "TOKENIZERS_PARALLELISM": "false", "WANDB_MODE": "disabled",
}  # fmt: skip
"""Nothing is fetched from a hub, and nobody is told."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One run of a peer."""

    bin: Path
    """Where its programs are."""
    file: Path
    """The questions as a Parquet file."""
    data: Path
    """What was prepared from it."""
    run: Path
    """An empty folder for this run; the one that was left behind when it is resumed."""
    url: str
    in_flight: int
    n: int
    resumable: bool
    """Whether this run is to be killed and resumed: a cache that nothing else needs may be left off otherwise."""

    def command(self, program: str, *words: str, cwd: Path | None = None, **env: str) -> Command:
        """A console script of the peer, in the run's folder where nothing else is said, offline."""
        path = f"{self.bin}{os.pathsep}{os.environ['PATH']}"
        unset = {"PYTHONPATH": "", "HF_HOME": str(self.run / "hub"), "PATH": path}
        return Command(words=[str(self.bin / program), *words], env={**OFFLINE, **unset, **env}, cwd=cwd or self.run)


@dataclass(frozen=True, kw_only=True)
class Peer:
    name: str
    packages: tuple[str, ...]
    """Installed one after the other, each pinned."""
    prepare: Callable[[Path, Path, Path], None]
    """Writes the questions of a Parquet file into a folder, once, as the peer reads them; it may use its `bin`."""
    run: Callable[[Job], Command]
    resume: Callable[[Job], Command]
    """The tool's own way to go on after a crash."""
    without: tuple[str, ...] = ()
    """Removed again: what it names as required and does not need for this."""


def installed(peer: Peer, home: Path) -> Path:
    """The peer's `bin` folder; its environment is made where it is missing or has other versions."""
    folder, wanted = home / peer.name, "\n".join((*peer.packages, *peer.without))
    done = folder / "installed.txt"
    if not done.exists() or done.read_text() != wanted:
        print(f"installing {peer.name}: {', '.join(peer.packages)}", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        for package in peer.packages:
            pip(folder, "install", *package.split())
        for package in peer.without:
            pip(folder, "uninstall", "--yes", package)
        done.write_text(wanted)
    return folder / "bin"


def pip(folder: Path, *words: str) -> None:
    quiet([str(folder / "bin" / "python"), "-m", "pip", "--quiet", *words])


def quiet(command: Sequence[str], **env: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **OFFLINE, **env})
    if done.returncode:
        raise Failed(f"{' '.join(command)}: {done.stderr.strip().splitlines()[-1]}")


def prepared(peer: Peer, file: Path, folder: Path, at: Path) -> Path:
    """The questions in the peer's form, written once."""
    done = folder / "prepared.txt"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        peer.prepare(file, folder, at)
        done.touch()
    return folder


def rows(file: Path) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(file).iter_batches(batch_size=64):
        yield from batch.to_pylist()


def pictures(file: Path, folder: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """Each question with its picture as a file of its own, the bytes as they are in the Parquet file."""
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    for row in rows(file):
        picture = folder / "pictures" / f"{row['id']}.jpg"
        picture.write_bytes(row["image"]["bytes"])
        yield row, picture


def flat(file: Path, folder: Path, _at: Path) -> None:
    """A JSON Lines file with the fields of the Parquet file, the picture as a path."""
    with (folder / "questions.jsonl").open("w") as out:
        for row, picture in pictures(file, folder):
            kept = {key: row[key] for key in ("id", "question", *"ABCD", "answer")}
            out.write(json.dumps({**kept, "picture": str(picture)}) + "\n")


def cached(file: Path, folder: Path, at: Path) -> None:
    """The questions in the Arrow cache of `datasets`, as after a first run."""
    load = f"import datasets; datasets.load_dataset('parquet', data_files={{'test': {str(file)!r}}})"
    quiet([str(at / "python"), "-c", load], HF_HOME=str(folder / "hub"))


def task_folder(job: Job, code: Path, text: str) -> str:
    """A folder with a task file and the code that it names, for the harnesses that take tasks from a folder."""
    folder = job.run / "tasks"
    folder.mkdir(exist_ok=True)
    shutil.copy(code, folder)
    (folder / "questions.yaml").write_text(text)
    return str(folder)
