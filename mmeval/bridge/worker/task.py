"""One task: its hooks, its documents, prompts and scores."""

from __future__ import annotations

import inspect
import json
import os
import random
import shutil
import sys
import time
import types
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from .judge import Judge
from .package import Fault, asks
from .parts import heard, media, short, spoken
from .standard import aggregation, filtered, graded, thought

__all__ = ["Task"]

DRAWS = 200
"""Draws of clusters for an interval."""
DRAWN_S = 240.0
"""Seconds for them; a slow aggregation gets no interval."""
SCORES = ("score", "acc", "accuracy", "correct", "hit", "exact_match", "is_correct", "overall")
"""Keys under which the value of one question may hold its number."""
SAID, WANTED = ("pred_answer", "pred", "prediction", "parsed_pred"), ("answer", "gt_answer", "gt", "ground_truth")
"""Keys under which it may hold the letter that was read and the right one."""


class Task:
    """One task: its hooks, and its documents once they are opened."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.config = config
        self.docs: Any = []
        self.judge = Judge()
        kwargs = config.get("lmms_eval_specific_kwargs")
        self.kwargs = kwargs and {**kwargs, **(kwargs.get("default") or kwargs.get("dataset") or {})}
        self.target_kwargs = (config.get("model_specific_target_kwargs") or {}).get("default")

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """`metric`, `aggregation` and `higher_is_better` of each."""
        return [one for one in self.config.get("metric_list") or [] if isinstance(one, dict) and "metric" in one]

    @property
    def rises(self) -> bool:
        """Whether more of its first metric is better."""
        return next((one.get("higher_is_better") is not False for one in self.metrics), True)

    def judged(self) -> str | None:
        """The module through which its scoring asks a judge, if it does."""
        filters = [step["function"] for one in self.config.get("filter_list") or [] for step in one["filter"]]
        return first_asked([self.config.get("process_results"), *filters])

    def judged_together(self) -> str | None:
        """The module through which its aggregation asks a judge, if it does."""
        return first_asked([one.get("aggregation") for one in self.metrics])

    def shows(self) -> list[str]:
        """What the code that shows a document speaks of: `audio`, `video`, both or neither."""
        hook = self.config.get("doc_to_visual") or self.config.get("doc_to_messages")
        code = getattr(hook, "__code__", None)
        words = [*code.co_names, *code.co_consts, getattr(hook, "__name__", "")] if code else []
        text = " ".join(map(str, words)).lower()
        pictures = "convert" in text  # of a picture that is in the document
        return [kind for kind in ("audio", "video") if kind in text and not (kind == "video" and pictures)]

    def open(self, files: Mapping[str, Any]) -> int:
        """Load the documents from files on this machine; returns how many there are."""
        import datasets

        datasets.disable_progress_bars()
        split = files["split"]
        if files.get("folder"):
            place(Path(files["folder"]), files["cache"])
        data = datasets.load_dataset(files["format"], data_files={split: files["files"]}, split=split)
        for name, feature in data.features.items():
            if type(feature).__name__ in ("Audio", "Video"):
                data = data.cast_column(name, type(feature)(decode=False))
        process = self.config.get("process_docs")
        self.docs = process(data) if callable(process) else data
        return len(self.docs)

    def doc(self, index: int) -> dict[str, Any]:
        """One document, its sounds decoded as its hooks expect them."""
        return {name: heard(value) for name, value in self.docs[index].items()}

    def called(self, hook: Callable[..., Any], doc: Mapping[str, Any], kwargs: Any) -> Any:
        """The hook of a document, with the task's own arguments if it takes any."""
        more = len(inspect.signature(hook).parameters) > 1 and kwargs is not None
        return hook(doc, kwargs) if more else hook(doc)

    def text(self, key: str, doc: Mapping[str, Any]) -> Any:
        """What `doc_to_text` or `doc_to_target` says: a function, a column, a template or a plain value."""
        hook = self.config.get(key)
        if callable(hook):
            return self.called(hook, doc, self.target_kwargs if key == "doc_to_target" else self.kwargs)
        if isinstance(hook, str) and hook in doc:
            return doc[hook]
        if isinstance(hook, str) and "{{" in hook:
            from jinja2.sandbox import SandboxedEnvironment

            return SandboxedEnvironment().from_string(hook).render(**doc)
        return hook

    def sample(self, index: int) -> dict[str, Any]:
        """The prompt as parts, and the target as text."""
        doc = self.doc(index)
        seed(index)
        hook = self.config.get("doc_to_messages")
        if callable(hook):
            parts = [part for turn in self.called(hook, doc, self.kwargs) for part in spoken(turn)]
        else:
            show = self.config.get("doc_to_visual")
            shown = (
                self.called(show, doc, self.kwargs) if callable(show) else [doc[show]] if isinstance(show, str) else []
            )
            parts = [*map(media, shown or []), {"type": "text", "text": str(self.text("doc_to_text", doc))}]
        try:
            target = self.text("doc_to_target", doc)
        except Exception as error:  # noqa: BLE001 - it is only shown to people
            target = f"({type(error).__name__})"
        cluster = doc.get(str(self.config.get("cluster_key")))
        return {"parts": parts, "target": str(target)[:2000], "cluster": None if cluster is None else str(cluster)}

    def values(self, index: int, reply: str, verdicts: Sequence[str] | None = None) -> dict[str, Any]:
        """What `process_results` says about one reply, or the metrics of lmms-eval itself.

        Args:
            index: of the document.
            reply: of the model.
            verdicts: of a judge so far, for a task that asks one; raises Asked when it asks for more.
        """
        if verdicts is not None:
            with self.judge.answering(verdicts):
                return self.values(index, reply)
        doc = self.doc(index)
        seed(index)
        results = filtered(self.config, thought(self.config, reply), doc)
        if "process_results" not in self.config:
            return graded(self, doc, results)
        more = {"full_docs": self.docs} if self.config.get("full_docs") else {}
        return dict(self.config["process_results"](doc, results, **more))

    def score(self, index: int, reply: str, verdicts: Sequence[str] | None = None) -> dict[str, Any]:
        """The values of one reply, and its number in [0, 1]."""
        values = self.values(index, reply, verdicts)
        alike = [one for one in self.metrics if (one.get("higher_is_better") is not False) == self.rises]
        order = [one["metric"] for one in alike if one["metric"] in values]
        for name in order:
            number = self.number(name, values[name])
            if number is not None:
                return {"value": number, "metric": name, "said": json.dumps(values, default=str)[:2000]}
        raise Fault("number", f"the task gives no number for one question: {short(values)}")

    def number(self, name: str, value: Any) -> float | None:
        """One value in [0, 1]: itself, one of its keys, or what the metric's aggregation makes of it alone.

        The last is wrong where the aggregation averages over categories that one question lacks, so that letters in
        the value come first.
        """
        plain = as_number(value)
        if plain is None and isinstance(value, dict):
            plain = next((found for key in SCORES if (found := as_number(value.get(key))) is not None), None)
            plain = letter_hit(value) if plain is None else plain
        if plain is None or not 0 <= plain <= 1:
            try:
                plain = as_number(self.aggregated(name, [value]))
            except Exception:  # noqa: BLE001 - some need more than one value
                return None
        if plain is not None and plain > 100 and not self.rises:
            return 1.0  # an error rate of more than 100 %
        if plain is None or not 0 <= plain <= 100:
            return None
        return plain if plain <= 1 else plain / 100

    def aggregated(self, name: str, values: list[Any]) -> Any:
        """The metric over the values of all questions."""
        how: Any = next((one.get("aggregation") for one in self.metrics if one["metric"] == name), None)
        if not callable(how):
            how = aggregation(how)
        if "args" in inspect.signature(how).parameters:
            return how(values, args=types.SimpleNamespace(output_path=".", model_args="", log_samples_suffix="x"))
        return how(values)

    def aggregate(self, replies: Sequence[Sequence[Any]]) -> dict[str, dict[str, float]]:
        """Each metric over all replies `[index, text, cluster, verdicts]`, with an interval from drawn clusters."""
        table: dict[str, list[tuple[Any, Any]]] = {}
        for index, text, cluster, verdicts in replies:
            for name, value in self.values(index, text, verdicts).items():
                table.setdefault(name, []).append((value, cluster if cluster is not None else index))
        out: dict[str, dict[str, float]] = {}
        for name in (one["metric"] for one in self.metrics if one["metric"] in table):
            numbers = flat(name, self.aggregated(name, [value for value, _ in table[name]]))
            drawn = self.drawn(name, table[name]) if numbers else {}
            out |= {key: {"value": value, **drawn.get(key, {})} for key, value in numbers.items()}
        return out

    def drawn(self, name: str, rows: Sequence[tuple[Any, Any]]) -> dict[str, dict[str, float]]:
        """Percentiles 2.5 and 97.5 of the metric over clusters drawn with replacement."""
        groups: dict[Any, list[Any]] = {}
        for value, cluster in rows:
            groups.setdefault(cluster, []).append(value)
        keys, found, draw = list(groups), dict[str, list[float]](), random.Random(0)  # noqa: S311
        with Path(os.devnull).open("w") as quiet, redirect_stdout(quiet), redirect_stderr(quiet):
            end = time.monotonic() + DRAWN_S
            for _ in range(DRAWS):
                if time.monotonic() > end:
                    break
                chosen = [value for key in draw.choices(keys, k=len(keys)) for value in groups[key]]
                try:
                    numbers = flat(name, self.aggregated(name, chosen))
                except Exception:  # noqa: BLE001 - a draw may lack a category that the metric divides by
                    numbers = {}
                for key, value in numbers.items():
                    found.setdefault(key, []).append(value)
        return {key: ends(values) for key, values in found.items() if len(values) > DRAWS / 2}


def first_asked(hooks: Sequence[Any]) -> str | None:
    """The module through which one of several hooks would ask a judge."""
    return next(filter(None, (asks(hook) for hook in hooks if callable(hook))), None)


def place(folder: Path, cache: str) -> None:
    """Show the files of a folder where the task looks for them. What it writes there stays apart."""
    home = Path(os.environ["HF_HOME"]).resolve()
    target = (home / cache).resolve()
    if not target.is_relative_to(home) or target == home:
        raise Fault("data", f"it wants its media in {short(cache)}")
    if not target.exists():
        shutil.copytree(folder, target, copy_function=os.symlink)


def ends(values: list[float]) -> dict[str, float]:
    """The middle 95 % of drawn values."""
    ordered = sorted(values)
    last = len(ordered) - 1
    return {"low": ordered[round(0.025 * last)], "high": ordered[round(0.975 * last)]}


def as_number(value: Any) -> float | None:
    """A bool, a number or a number of numpy as a float; None for anything else, and for NaN."""
    if hasattr(value, "item") and getattr(value, "size", 1) == 1:
        value = value.item()
    return float(value) if isinstance(value, bool | int | float) and value == value else None


def letter_hit(value: Mapping[str, Any]) -> float | None:
    """Whether the letter that was read is the right one; None unless the value holds both."""
    said, want = (next((value[key] for key in keys if key in value), None) for keys in (SAID, WANTED))
    if not isinstance(want, str) or len(want) != 1 or not want.isalpha() or not isinstance(said, str | None):
        return None
    return None if said and len(said) > 1 else float(said == want)


def flat(name: str, value: Any) -> dict[str, float]:
    """The numbers of a metric that returns one, or a table of them."""
    if isinstance(value, Mapping):
        return {key: one for part, inner in value.items() for key, one in flat(f"{name}/{part}", inner).items()}
    number = as_number(value)
    return {} if number is None else {name: number}


def seed(index: int) -> None:
    """Random numbers of a hook depend on the question alone."""
    random.seed(index)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(index)
