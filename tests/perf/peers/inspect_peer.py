"""Inspect AI: a task file with its own multiple-choice solver and scorer, and a JSON Lines file beside pictures.

At its best here: no terminal display, no events written while it runs, no control server, no pictures in the log.
Without these it needs about half as much CPU again. A crashed run goes on with `inspect eval-retry LOG`.
"""

from __future__ import annotations

from tests.perf.measuring import Command
from tests.perf.peers.peer import INSIDE, Job, Peer, flat

LEAN = ("--display", "none", "--no-log-realtime", "--no-log-images", "--no-score-display", "--ctl-server", "false")


def run(job: Job) -> Command:
    at_once = str(job.in_flight)
    return inspect(
        job, "eval", "inspect_task.py", "--model", "openai/m", "-M", "responses_api=false",
        "--max-tokens", "16", "-T", f"questions={job.data / 'questions.jsonl'}", "--max-connections", at_once,
    )  # fmt: skip


def resume(job: Job) -> Command:
    log = max((job.run / "logs").glob("*.eval"))
    return inspect(job, "eval-retry", str(log), "--max-connections", str(job.in_flight))


def inspect(job: Job, *words: str) -> Command:
    env = {"OPENAI_BASE_URL": f"{job.url}/v1", "XDG_DATA_HOME": str(job.run), "XDG_CACHE_HOME": str(job.run)}
    return job.command("inspect", *words, *LEAN, "--log-dir", str(job.run / "logs"), cwd=INSIDE, **env)


PEER = Peer(
    name="inspect", packages=("inspect-ai==0.3.285 openai==3.57.0",), prepare=flat, run=run, resume=resume
)  # fmt: skip
