"""What lmms-eval does to every reply before a task sees it, and the metrics that it defines itself, by its own code."""

from __future__ import annotations

import ast
import importlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .package import Fault

if TYPE_CHECKING:
    from .task import Task

__all__ = ["aggregation", "filtered", "graded", "thought"]

THINKING = [["<think>", "</think>"], ["<analysis>", "</analysis>"]]
"""Tags of reasoning that lmms-eval takes out unless a task says otherwise."""


def own(name: str) -> Any:
    """A module of lmms-eval."""
    return importlib.import_module(f"lmms_eval.{name}")


def registry() -> Any:
    """The metrics and aggregations of lmms-eval by name; importing them fills the registry."""
    own("api.metrics")
    return own("api.registry")


def thought(config: Mapping[str, Any], reply: str) -> str:
    """The reply without reasoning in tags."""
    tags = config.get("reasoning_tags", THINKING)
    tags = json.loads(tags) if isinstance(tags, str) and tags != "none" else tags
    return str(own("api.reasoning").strip_reasoning_tags(reply, tags)) if isinstance(tags, list) else reply


def filtered(config: Mapping[str, Any], reply: str, doc: Mapping[str, Any]) -> list[str]:
    """What the filters of a task make of a reply, without space around it."""
    found: Any = [[reply]]
    if config.get("filter_list"):
        for step in config["filter_list"][0]["filter"]:
            more = {key: value for key, value in step.items() if key != "function"}
            found = own("filters").get_filter(step["function"])(**more).apply(found, [doc])
    one = next(iter(found))
    return [text.strip() if text is not None else "" for text in (one if isinstance(one, list) else [one])]


def graded(task: Task, doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, Any]:
    """The metrics of lmms-eval itself on one reply: with several targets, whether any of them is met."""
    gold, out = _target(task, doc), {}
    several = isinstance(_target(task, task.doc(0)), list)
    for one in task.metrics:
        name = one["metric"]
        more = {key: value for key, value in one.items() if key not in ("metric", "aggregation", "higher_is_better")}
        golds = gold if isinstance(gold, list) else [gold]
        tried = [[gold] for gold in golds] if several and name != "anls" else [golds]
        scores = [
            registry().METRIC_REGISTRY[name](references=some, predictions=list(results), **more)[name] for some in tried
        ]
        out[name] = float(any(scores)) if len(tried) > 1 else scores[0]
    return out


def _target(task: Task, doc: Mapping[str, Any]) -> Any:
    found = task.text("doc_to_target", doc)
    if isinstance(found, str) and found[:1] == "[" and found[-1:] == "]":
        try:
            return ast.literal_eval(found)
        except (SyntaxError, ValueError):
            return found
    return found


def aggregation(name: str | None) -> Callable[[Sequence[Any]], Any]:
    """An aggregation that a task names; the mean without a name."""
    try:
        found: Callable[[Sequence[Any]], Any] = registry().AGGREGATION_REGISTRY[name or "mean"]
    except KeyError:
        raise Fault("number", f"lmms-eval has no aggregation {name}") from None
    return found
