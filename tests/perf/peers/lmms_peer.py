"""lmms-eval: a task of our own for its `openai` chat model.

At its best here: pictures sent as JPEG and not as its default PNG, which takes four times the CPU; no ordering of the
queue by prompt prefix, which builds each message twice; no adaptive concurrency, so that all are in flight; the data
set already in the Arrow cache of `datasets`. It has no resume: the same command again, with --use_cache from the start.
"""

from __future__ import annotations

from tests.perf.measuring import Command
from tests.perf.peers.peer import DATA, INSIDE, Job, Peer, cached, task_folder

TASK = (
    DATA
    + """\
doc_to_visual: !function lmms_task.pictures
doc_to_text: !function lmms_task.text
doc_to_target: answer
process_results: !function lmms_task.score
generation_kwargs: {{max_new_tokens: 16, temperature: 0}}
metric_list: [{{metric: accuracy, aggregation: mean, higher_is_better: true}}]
"""
)


def run(job: Job) -> Command:
    tasks = task_folder(job, INSIDE / "lmms_task.py", TASK.format(file=job.file))
    model = {"model": "m", "base_url": f"{job.url}/v1", "api_key": "x", "num_concurrent": job.in_flight, "timeout": 600}
    lean = {"prefix_aware_queue": False, "adaptive_max_concurrency": job.in_flight}
    args = ",".join(f"{key}={value}" for key, value in {**model, **lean}.items())
    cache = ("--use_cache", str(job.run / "cache")) * job.resumable
    return job.command(
        "lmms-eval", "--model", "openai", "--model_args", args, "--tasks", "questions", "--include_path", tasks,
        "--batch_size", "1", "--output_path", str(job.run / "out"), "--log_samples", *cache,
        HF_HOME=str(job.data / "hub"), LMMS_IMAGE_ENCODE_FORMAT="JPEG",
    )  # fmt: skip


# torchvision's wheel wants CUDA and cannot be imported beside a CPU build of torch; nothing here needs it. filelock 4 has
# no longer the module that lmms-eval imports.
PEER = Peer(
    name="lmms",
    packages=("torch==2.13.0 torchvision==0.28.0", "lmms-eval==0.7.3 filelock==3.32.7"),
    prepare=cached,
    run=run,
    resume=run,
    without=("torchvision",),
)
