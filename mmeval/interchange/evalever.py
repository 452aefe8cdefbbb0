"""Export to "Every Eval Ever": one aggregate document per run, one line per sample.

The format is schema 0.2.1 of evaleval/every_eval_ever. It has no field for images, so their digests are in the
metadata of a sample. The values of `additional_details` have to be strings.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from mmeval import __version__, store
from mmeval.types import Record

SCHEMA = "0.2.1"


def aggregate(run: store.Run, *, organization: str, metric: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The document of one run.

    Args:
        run: a finished run.
        organization: who evaluated.
        metric: `lower_is_better`, `min_score` and `max_score` of the headline; higher is better, 0 to 1, by default.
    """
    spec, info = run.info.spec, run.info
    stamp = int(float(info.provenance.get("end") or info.provenance.get("start") or 0) or time.time())
    return {
        "schema_version": SCHEMA,
        "evaluation_id": f"{spec.benchmark}/{spec.model}/{stamp}",
        "retrieved_timestamp": str(stamp),
        "source_metadata": {
            "source_type": "evaluation_run",
            "source_organization_name": organization,
            "evaluator_relationship": "third_party",
        },
        "eval_library": _library(info),
        "model_info": {"name": spec.model.partition("/")[2] or spec.model, "id": spec.model},
        "evaluation_results": [_result(run, name, number, metric) for name, number in info.metrics.items()],
        "generation_config": {"additional_details": _strings(spec.options)},
        "dedupe_identity": {"run_fingerprint": run.spec_digest, "content_hash": info.samples_digest or ""},
    }


def _library(info: store.RunInfo) -> dict[str, str]:
    """The tool that measured the run: mmeval, or the one it was imported from."""
    if info.origin == "third-party":
        return {"name": info.spec.profile, "version": "unknown"}
    return {"name": "mmeval", "version": str(info.provenance.get("mmeval", __version__))}


def _result(run: store.Run, name: str, number: store.Number, metric: Mapping[str, Any] | None) -> dict[str, Any]:
    spec = run.info.spec
    facts = {"lower_is_better": False, "min_score": 0.0, "max_score": 1.0, **(metric or {})}
    config: dict[str, Any] = {**facts, "score_type": "continuous", "evaluation_description": name}
    if spec.judge:
        config["llm_scoring"] = {"judges": [{"model_info": {"name": spec.judge, "id": spec.judge}}]}
    interval = {"lower": number.low, "upper": number.high, "confidence_level": number.level, "method": number.method}
    uncertainty = {"confidence_interval": interval, "num_samples": number.n}
    return {
        "evaluation_name": f"{spec.benchmark}: {name}",
        "source_data": _source(spec.benchmark, spec.data),
        "metric_config": config,
        "score_details": {"score": number.value, "uncertainty": uncertainty if number.n else {}},
    }


def _source(benchmark: str, data: Mapping[str, Any]) -> dict[str, Any]:
    if data.get("kind") == "hub":
        details = _strings({key: data.get(key) for key in ("config", "split", "revision", "sha256")})
        return {
            "dataset_name": benchmark, "source_type": "hf_dataset", "hf_repo": str(data.get("id")),
            "hf_split": str(data.get("split")), "additional_details": details,
        }  # fmt: skip
    if data.get("url"):
        return {"dataset_name": benchmark, "source_type": "url", "url": [str(data["url"])]}
    return {"dataset_name": benchmark, "source_type": "other", "additional_details": _strings(data)}


def _strings(values: Mapping[str, Any]) -> dict[str, str]:
    return {k: v if isinstance(v, str) else json.dumps(v) for k, v in values.items() if v is not None}


def instances(run: store.Run, samples: Mapping[str, store.StoredSample]) -> Iterator[dict[str, Any]]:
    """One object per record of the journal; `samples`, by id, adds questions and targets if they are stored."""
    for record in run.records():
        yield _instance(run, record, samples.get(record.id))


def _instance(run: store.Run, record: Record, sample: store.StoredSample | None) -> dict[str, Any]:
    spec, score = run.info.spec, record.score
    text = "\n".join(part.text for part in sample.prompt if part.text) if sample else ""
    target = sample.target if sample else None
    images = [part.sha256 for part in sample.prompt if part.sha256] if sample else []
    found: dict[str, Any] = {
        "schema_version": SCHEMA,
        "evaluation_id": f"{spec.benchmark}/{spec.model}",
        "model_id": spec.model,
        "evaluation_name": spec.benchmark,
        "sample_id": record.id,
        "sample_hash": hashlib.sha256(store.canonical([text, target, images])).hexdigest(),
        "interaction_type": "single_turn",
        "input": {
            "raw": text,
            "reference": [str(one) for one in target] if isinstance(target, list) else [str(target or "")],
        },
        "output": {"raw": record.reply.text if record.reply else ""},
        "metadata": {"status": record.status, "epoch": str(record.epoch), "image_sha256": json.dumps(images)},
    }
    if score is not None:
        found["answer_attribution"] = [{"extracted_value": score.answer, "extraction_method": score.rule}]
        found["evaluation"] = {"score": score.value, "is_correct": score.value >= 1.0}
    if record.failure is not None:
        found["error"] = f"{record.failure.kind}: {record.failure.message}"
    if record.reply is not None:
        usage = record.reply.usage
        found["token_usage"] = {"input_tokens": usage.input, "output_tokens": usage.output}
        found["performance"] = {"latency_ms": record.reply.latency_s * 1000}
    return found
