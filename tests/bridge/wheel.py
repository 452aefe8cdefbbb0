"""A tiny package in the layout of the wheel of lmms-eval, in an environment that looks like an installed one."""

from __future__ import annotations

import site
import sys
from pathlib import Path

TASKS = {
    "tasks/__init__.py": "raise ImportError('the loader of lmms-eval needs torch')",
    "tasks/colours/_base.yml": """
dataset_path: acme/colours
output_type: generate_until
test_split: test
doc_to_visual: !function utils.shows
doc_to_text: !function utils.asks
doc_to_target: answer
process_results: !function utils.grades
process_docs: !function utils.kept
cluster_key: picture
metric_list:
  - metric: acc
    aggregation: mean
  - metric: percent
    aggregation: !function utils.percent
lmms_eval_specific_kwargs: {default: {post_prompt: " One word."}, other: {post_prompt: "!"}}
""",
    "tasks/colours/colours.yaml": "include: _base.yml\ntask : colours\n",
    "tasks/colours/utils.py": """
import os, random, sys
from .names import NAMES

def kept(docs):
    return docs.filter(lambda doc: doc["question"] != "dropped")

def shows(doc):
    return [doc["image"].convert("RGB")]

def asks(doc, lmms_eval_specific_kwargs=None):
    if doc["question"] == "exits":
        sys.exit(3)
    return doc["question"] + lmms_eval_specific_kwargs["post_prompt"]

def grades(doc, results):
    print("noise on the stream of answers")
    open("litter.txt", "w").write("litter")
    assert "SECRET_API_KEY" not in os.environ
    if results[0] == "exit":
        sys.exit(3)
    if results[0] == "die":
        os._exit(9)
    right = results[0] == doc["answer"] and doc["answer"] in NAMES
    return {"percent": {"right": right, "luck": random.random()}, "acc": float(right)}

def percent(values, args):
    return 100 * sum(one["right"] for one in values) / len(values)
""",
    "tasks/colours/names.py": "NAMES = ['red', 'blue']",
    "tasks/wrong/utils.py": """
import time, requests
grades = lambda doc, results: {"acc": 1.0}
def judge(doc, results):
    return helper(results)
def helper(results):
    return {"acc": requests.post("http://judge", json=results).json()}
""",
    "tasks/wrong/stuck.py": "import time; time.sleep(60)",
    "tasks/wrong/packages.py": "import no_such_package",
    "tasks/wrong/leaves.py": "import sys; sys.exit('no key')",
}
WRONG = {
    "judged": "process_results: !function utils.judge",
    "lacking": "process_results: !function packages.grades",
    "leaving": "process_results: !function leaves.grades",
    "stuck": "process_results: !function stuck.grades",
    "scored": "output_type: multiple_choice",
    "builtin": "metric_list: [{metric: exact_match}]",
    "filtered": "process_results: !function utils.grades\nfilter_list: [{name: x}]",
    "archived": "process_results: !function utils.grades\ndataset_kwargs: {video: true, cache_dir: x}",
    "elsewhere": "process_results: !function utils.grades\ndataset_path: parquet",
}


def build(home: Path) -> None:
    """Write the environment to the folder where the real one would be."""
    packages = home / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    wrong = {f"tasks/wrong/{name}.yaml": f"task: {name}\n{text}\n" for name, text in WRONG.items()}
    for name, text in {"__init__.py": "raise ImportError", **TASKS, **wrong}.items():
        file = packages / "lmms_eval" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (packages / "lmms_eval" / "__init__.py").write_text("")
    (packages / "more.pth").write_text("\n".join(site.getsitepackages()))
    (home / "bin").mkdir()
    (home / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    (home / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).resolve().parent}\n")
    (home / "ready").touch()
