"""evalscope: its own `general_vmcq`, the benchmark for questions of one's own with pictures and options.

At its best here: files on disk named in a JSON Lines file (not base64 in it), no performance records, no progress
tracker. A crashed run goes on with `--use-cache FOLDER`.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.perf.measuring import Command
from tests.perf.peers.peer import Job, Peer, pictures


def prepare(file: Path, folder: Path, _at: Path) -> None:
    with (folder / "questions.jsonl").open("w") as out:
        for row, picture in pictures(file, folder):
            asked = {"question": f"<image 1>{row['question']}", "options": [row[letter] for letter in "ABCD"]}
            out.write(json.dumps({**asked, "image_1": str(picture), "answer": row["answer"]}) + "\n")


def run(job: Job) -> Command:
    return evalscope(job, "--no-timestamp", "--work-dir", str(job.run / "out"))


def resume(job: Job) -> Command:
    return evalscope(job, "--use-cache", str(job.run / "out"))


def evalscope(job: Job, *words: str) -> Command:
    own = {"general_vmcq": {"local_path": str(job.data), "subset_list": ["questions"]}}
    return job.command(
        "evalscope", "eval", "--model", "m", "--api-url", f"{job.url}/v1", "--api-key", "x", "--eval-type", "openai_api",
        "--datasets", "general_vmcq", "--dataset-args", json.dumps(own), "--eval-batch-size", str(job.in_flight),
        "--generation-config", json.dumps({"max_tokens": 16}), "--no-collect-perf", *words,
        MODELSCOPE_CACHE=str(job.run / "modelscope"), EVALSCOPE_CACHE=str(job.run / "cache"),
    )  # fmt: skip


PEER = Peer(name="evalscope", packages=("evalscope==1.14.1",), prepare=prepare, run=run, resume=resume)
