"""lmms-eval: a task of our own for its `openai` chat model.

At its best here: pictures sent as JPEG and not as its default PNG, which takes four times the CPU; no ordering of the
queue by prompt prefix, which builds each message twice; no adaptive concurrency, so that all are in flight; the data
set already in the Arrow cache of `datasets`. It has no resume: the same command again, with --use_cache from the start.
"""

from __future__ import annotations

from pathlib import Path

from tests.perf.measuring import Command
from tests.perf.peers.peer import INSIDE, Job, Peer, cached, linked

TASK = """
task: questions
dataset_path: parquet
dataset_kwargs: {{data_files: {{test: "{file}"}}}}
test_split: test
output_type: generate_until
doc_to_visual: !function lmms_task.pictures
doc_to_text: !function lmms_task.text
doc_to_target: answer
process_results: !function lmms_task.score
generation_kwargs: {{max_new_tokens: 16, temperature: 0}}
metric_list: [{{metric: accuracy, aggregation: mean, higher_is_better: true}}]
"""


def prepare(file: Path, folder: Path, at: Path) -> None:
    linked(INSIDE / "lmms_task.py", folder)
    (folder / "questions.yaml").write_text(TASK.format(file=file.resolve()))
    cached(file.resolve(), folder / "hub", at)


def run(job: Job) -> Command:
    model = {"model": "m", "base_url": f"{job.url}/v1", "api_key": "x", "num_concurrent": job.in_flight, "timeout": 600}
    lean = {"prefix_aware_queue": False, "adaptive_max_concurrency": job.in_flight}
    args = ",".join(f"{key}={value}" for key, value in {**model, **lean}.items())
    cache = ("--use_cache", str(job.run / "cache")) * job.resumable
    return job.command(
        "lmms-eval", "--model", "openai", "--model_args", args, "--tasks", "questions", "--include_path", str(job.data),
        "--batch_size", "1", "--output_path", str(job.run / "out"), "--log_samples", *cache,
        HF_HOME=str(job.data / "hub"), LMMS_IMAGE_ENCODE_FORMAT="JPEG",
    )  # fmt: skip


PEER = Peer(
    name="lmms",
    packages=("torch==2.13.0 torchvision==0.28.0", "lmms-eval==0.7.3 filelock==3.32.7"),
    prepare=prepare,
    run=run,
    resume=run,
    without=("torchvision",),
)
