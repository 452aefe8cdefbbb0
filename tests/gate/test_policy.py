"""gate.yaml: its schema is published, and every example is one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from mmeval.catalog import Catalog
from mmeval.gate.policy import Policy, read_policy, schema

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "gate.md").read_text()
EXAMPLES = re.findall(r"```yaml\n(# gate.yaml.*?)```", GUIDE, re.DOTALL)
FULL = """\
version: 1
name: nightly
subject: prompt
model: openai/gpt-4o
options: {max_tokens: 512}
baseline: {path: results/baselines, ref: origin/main, mode: control, control: 40}
alpha: 0.05
early_fail: {enabled: true, against: zero, alpha: 0.005}
errors: {max_rate: 0.01, overlap: 0.9, treat_missing: ignore}
on_inconclusive: extend
extend: {factor: 3}
epochs: 2
seed: 4
budget: {usd: 5, samples: 2000, minutes: 30}
guards: {latency_p95: +20%, cost_per_sample: +15%, refusal_rate: +1pp, parse_failure: 0.01, error_rate: +1pp}
defaults: {tier: critical, margin: 0.02, n: 400}
benchmarks:
  chartqa:
  mmstar: {tier: advisory, relative_margin: 0.2, relative_below: 0.3, unit: cluster, model: openai/gpt-4o}
"""


@pytest.mark.parametrize("text", [FULL, *EXAMPLES, (ROOT / "gate.yaml").read_text()])
def test_schema_and_reader_agree(tmp_path: Path, text: str) -> None:
    jsonschema.validate(yaml.safe_load(text), schema())
    (tmp_path / "gate.yaml").write_text(text)
    assert read_policy(tmp_path / "gate.yaml").benchmarks


def test_full_example(tmp_path: Path) -> None:
    (tmp_path / "gate.yaml").write_text(FULL)
    made = read_policy(tmp_path / "gate.yaml")
    first, second = made.benchmarks.values()
    assert (first.tier, first.margin, first.n, second.tier, second.n) == ("critical", 0.02, 400, "advisory", 400)
    assert (made.guards.latency_p95, made.guards.refusal_rate) == (0.2, 0.01)
    assert made.look == 0.025, "two looks share alpha"
    assert made.digest != Policy(version=1, benchmarks=made.benchmarks).digest


@pytest.mark.parametrize(
    "text", ["version: 2\nbenchmarks: {a: }", "version: 1\nbenchmarks: {a: {margn: 1}}", "version: 1"]
)
def test_schema_refuses(text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text), schema())


def test_the_published_schema_is_current() -> None:
    """Renew it with `mmeval gate schema > docs/gate.schema.json`."""
    assert json.loads((ROOT / "docs" / "gate.schema.json").read_text()) == schema()


def test_every_key_is_in_the_guide() -> None:
    for key in Policy.model_fields:
        assert f"`{key}" in GUIDE or f"{key}:" in GUIDE, key


def test_own_gate_names_bundled_benchmarks() -> None:
    assert set(read_policy(ROOT / "gate.yaml").benchmarks) <= set(Catalog().benchmarks())
