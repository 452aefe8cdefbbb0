"""The batch script of the guide, with a stand-in for the scheduler."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mmeval.store import read_run

ROOT = Path(__file__).parents[2]
SRUN = '#!/bin/sh\nfor SLURM_PROCID in 0 1; do export SLURM_PROCID; "$@" || exit 1; done\n'


@pytest.mark.slow
def test_the_tasks_of_a_job_ask_one_part_each_and_the_parts_are_joined(tmp_path):
    page = (ROOT / "docs" / "local-models.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```bash\n(#!/bin/bash\n#SBATCH.*?)```", page, re.DOTALL)
    script = script.replace("transformers/demo-vlm", "mock/echo --limit 9").replace(
        "transformers__demo-vlm", "mock__echo"
    )
    programs = {"srun": SRUN, "mmeval": f'#!/bin/sh\nexec {sys.executable} -m mmeval "$@"\n'}
    for name, text in programs.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "SLURM_NTASKS": "2", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    parts = [read_run(one).info for one in tmp_path.glob("parts/mock__echo/drawn_scenes@*/*")]
    assert sorted((one.spec.shard, one.planned) for one in parts) == [("1/2", 5), ("2/2", 4)]
    (whole,) = (read_run(one).info for one in tmp_path.glob("results/mock__echo/drawn_scenes@*/*"))
    assert (whole.status, whole.spec.shard, whole.counts) == ("complete", None, {"ok": 9})
    assert len(list(tmp_path.glob("cache-*.sqlite"))) == 2
