"""What a run with several prompts, or with rotated options, adds to its score, in a line."""

from __future__ import annotations

from mmeval.data import Variant
from mmeval.formatting import interval, points
from mmeval.store import Number, RunInfo

__all__ = ["told"]


def told(info: RunInfo) -> list[str]:
    """One line for each variant of the run that has numbers of its own."""
    variant, head = Variant.of(info.spec.variant), f"{info.primary_metric}/"
    parts = {name.removeprefix(head): one for name, one in info.metrics.items() if name.startswith(head)}
    name = f"{info.spec.model} {info.spec.benchmark}"
    lines = (_prompts(parts, variant.prompts), _rotations(parts) if variant.circular else "")
    return [f"{name}: {text}" for text in lines if text]


def _prompts(parts: dict[str, Number], prompts: int) -> str:
    scores = [one for place in range(prompts) if (one := parts.get(f"prompt={place + 1}")) is not None]
    if len(scores) < 2:
        return ""
    values = ", ".join(points(one.value) for one in scores)
    between, within = parts.get("between prompts"), parts.get("within a prompt")
    if between is None or within is None:
        return f"prompt 1 to {prompts}: {values}"
    return (
        f"prompt 1 to {prompts}: {values}; standard deviation between prompts {points(between.value)} points "
        f"{interval(between)}, of single samples {points(within.value)}"
    )


def _rotations(parts: dict[str, Number]) -> str:
    bias = {name.removeprefix("bias="): one for name, one in parts.items() if name.startswith("bias=")}
    if "single" not in parts:
        return ""
    text = f"single rotations {points(parts['single'].value)} {interval(parts['single'])}"
    if bias:
        most = max(bias, key=lambda letter: bias[letter].value)
        chosen, extra = parts[f"chosen={most}"], bias[most]
        text += (
            f"; {most} is chosen most, in {points(chosen.value)} % of the replies: {points(extra.value, signed=True)} "
            f"points {interval(extra)} against no preference"
        )
    if "not rotated" in parts:
        text += f"; {parts['not rotated'].n} replies are to questions that could not be rotated"
    return text
