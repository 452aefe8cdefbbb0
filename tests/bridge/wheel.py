"""A tiny package in the layout of the wheel of lmms-eval, in an environment that looks like an installed one."""

from __future__ import annotations

import site
import sys
from pathlib import Path

TASKS = {
    "tasks/__init__.py": "raise ImportError('the loader of lmms-eval needs torch')",
    "api/__init__.py": "",
    "api/model.py": "import no_torch",
    "api/reasoning.py": """
def strip_reasoning_tags(text, pairs):
    for start, end in pairs:
        text = text.rpartition(end)[2] if end in text else text
    return text
""",
    "api/registry.py": "from lmms_eval.api.model import lmms\nMETRIC_REGISTRY, AGGREGATION_REGISTRY = {}, {}",
    "api/metrics.py": """
from lmms_eval.api.registry import AGGREGATION_REGISTRY, METRIC_REGISTRY

def exact_match(references, predictions, ignore_case=False):
    made = [[text.lower() if ignore_case else text for text in texts] for texts in (references, predictions)]
    return {"exact_match": sum(one == two for one, two in zip(*made)) / len(predictions)}

METRIC_REGISTRY["exact_match"] = exact_match
AGGREGATION_REGISTRY["mean"] = lambda values: sum(values) / len(values)
""",
    "filters/__init__.py": """
class First:
    def __init__(self, letters):
        self.letters = letters
    def apply(self, replies, docs):
        return [[text[:self.letters] for text in some] for some in replies]

def get_filter(name):
    return {"first": First}.get(name, name)
""",
    "tasks/films/films.yaml": """
task: films
dataset_path: acme/films
dataset_kwargs: {token: true, video: true, cache_dir: room/films}
test_split: test
doc_to_visual: !function utils.film
doc_to_text: "{{question}}"
doc_to_target: "{{answers}}"
filter_list: [{name: short, filter: [{function: first, letters: 3}]}]
metric_list: [{metric: exact_match, aggregation: mean, ignore_case: true, higher_is_better: false}]
""",
    "tasks/films/utils.py": """
import os

def film(doc):
    name = os.path.join(os.environ["HF_HOME"], "room/films", doc["video"])
    open(name + ".seen", "w").write("litter.txt")
    return [name]
""",
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

def by_letter(doc, results):
    if results[0] == "online":
        try:
            import urllib.request
            urllib.request.urlopen("http://judge")
        except OSError:
            pass
    return {"macro": {"pred": results[0][:1], "answer": "B", "kind": "one"}}

def macro(values):
    return sum(value["pred"] == value["answer"] for value in values) / 7

def percent(values, args):
    return 100 * sum(one["right"] for one in values) / len(values)
""",
    "tasks/colours/names.py": "NAMES = ['red', 'blue']",
    "tasks/colours/asking.yaml": """
include: _base.yml
task: asking
process_results: !function judge.asks
metric_list: [{metric: acc, aggregation: mean}]
""",
    "tasks/colours/judge.py": """
import time, requests
from openai import OpenAI

client = OpenAI()

def asks(doc, results):
    said = []
    for again in range(3):
        try:
            asked = [{"role": "user", "content": f"Is {results[0]} {doc['answer']}?"}]
            body = requests.post("http://judge/v1", json={"model": "x", "messages": asked}, timeout=1).json()
            said.append(body["choices"][0]["message"]["content"])
            break
        except Exception:
            time.sleep(60)
    if said == ["yes"]:
        asked = [{"role": "system", "content": "Be strict."}, {"role": "user", "content": "Sure?"}]
        said.append(client.chat.completions.create(model="x", messages=asked).choices[0].message.content)
    return {"acc": float(said == ["yes", "yes"])}
""",
    "tasks/colours/lettered.yaml": """
include: _base.yml
task: lettered
process_results: !function utils.by_letter
metric_list: [{metric: macro, aggregation: !function utils.macro}]
""",
    "tasks/wrong/utils.py": """
import time, requests
grades = lambda doc, results: {"acc": 1.0}
def judge(results):
    return helper(results)
def helper(results):
    return {"acc": requests.post("http://judge", json=results).json()}
""",
    "tasks/wrong/stuck.py": "import time; time.sleep(60)",
    "tasks/wrong/packages.py": "import no_such_package",
    "tasks/wrong/clients.py": "import azure.identity",
    "tasks/wrong/leaves.py": "import sys; sys.exit('no key')",
}
WRONG = {
    "judged": "process_results: !function utils.grades\n"
    "metric_list: [{metric: acc, aggregation: !function utils.judge}]",
    "lacking": "process_results: !function packages.grades",
    "leaving": "process_results: !function leaves.grades",
    "stuck": "process_results: !function stuck.grades",
    "scored": "output_type: multiple_choice",
    "client": "process_results: !function clients.grades",
    "repeated": "process_results: !function utils.grades\nrepeats: 8",
    "tubed": "process_results: !function utils.grades\ndataset_kwargs: {From_YouTube: true}",
    "oddly": "process_results: !function utils.grades\ndataset_kwargs: {skipinitialspace: true}",
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
