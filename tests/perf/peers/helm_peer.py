"""HELM: a scenario of our own for its multimodal multiple-choice adapter, through its OpenAI client.

At its best here: as many threads as requests are in flight, and a deployment without a tokenizer, so that none is
loaded. Its request cache stays on, since a crashed run goes on by the same command again, which reads it.
"""

from __future__ import annotations

from tests.perf.measuring import Command
from tests.perf.peers.peer import INSIDE, Job, Peer, flat

METADATA = """
models:
  - name: loopback/m
    display_name: m
    description: A provider on this machine.
    creator_organization_name: loopback
    access: open
    release_date: 2026-01-01
    tags: [VISION_LANGUAGE_MODEL_TAG, INSTRUCTION_FOLLOWING_MODEL_TAG]
"""
DEPLOYMENT = """
model_deployments:
  - name: loopback/m
    client_spec:
      class_name: helm.clients.openai_client.OpenAIClient
      args: {{base_url: "{url}/v1", api_key: x, openai_model_name: m}}
"""


def run(job: Job) -> Command:
    settings = job.run / "settings"
    settings.mkdir(exist_ok=True)
    (settings / "model_metadata.yaml").write_text(METADATA)
    (settings / "model_deployments.yaml").write_text(DEPLOYMENT.format(url=job.url))
    return job.command(
        "helm-run", "--plugins", str(INSIDE / "helm_scenario.py"), "--local-path", str(settings),
        "--run-entries", f"questions:model=loopback/m,file={job.data / 'questions.jsonl'}", "--suite", "one",
        "--max-eval-instances", str(job.n), "--num-threads", str(job.in_flight), "--output-path", str(job.run / "out"),
        "--exit-on-error",
    )  # fmt: skip


# torchvision's wheel wants CUDA and cannot be imported beside a CPU build of torch; nothing here needs it.
PEER = Peer(
    name="helm",
    packages=("torch==2.13.0 torchvision==0.28.0", "crfm-helm[openai]==0.5.16"),
    prepare=flat,
    run=run,
    resume=run,
    without=("torchvision",),
)
