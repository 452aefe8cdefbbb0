"""lm-eval: a task of our own for its `local-chat-completions`, the one of its API models that takes pictures.

At its best here: no tokenizer, and the data set already in the Arrow cache of `datasets`. It writes each picture as
PNG before the first request; no setting changes that. It has no resume: the same command again, with --use_cache from
the start.
"""

from __future__ import annotations

from tests.perf.measuring import Command
from tests.perf.peers.peer import DATA, INSIDE, Job, Peer, cached, task_folder

TASK = (
    DATA
    + """\
doc_to_image: !function lm_eval_task.pictures
doc_to_text: !function lm_eval_task.text
doc_to_target: answer
process_results: !function lm_eval_task.score
generation_kwargs: {{max_gen_toks: 16, temperature: 0, until: ["<|endoftext|>"]}}
metric_list: [{{metric: acc, aggregation: mean, higher_is_better: true}}]
"""
)


def run(job: Job) -> Command:
    tasks = task_folder(job, INSIDE / "lm_eval_task.py", TASK.format(file=job.file))
    url = f"{job.url}/v1/chat/completions"
    model = f"model=m,base_url={url},num_concurrent={job.in_flight},max_retries=3,timeout=600"
    cache = ("--use_cache", str(job.run / "cache")) * job.resumable
    return job.command(
        "lm-eval", "run", "--model", "local-chat-completions", "--model_args", model, "--apply_chat_template",
        "--tasks", "questions", "--include_path", tasks, "--output_path", str(job.run / "out"), "--log_samples",
        *cache, HF_HOME=str(job.data / "hub"),
    )  # fmt: skip


# torch first, so that where pip finds a CPU build, nothing pulls another.
PEER = Peer(
    name="lm-eval", packages=("torch==2.13.0", "lm-eval[api]==0.4.13 pillow==13.0.0"), prepare=cached, run=run, resume=run
)  # fmt: skip
