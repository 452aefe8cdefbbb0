"""Export to "Every Eval Ever": one aggregate document per run, and one line per scored sample beside it.

Documents are of schema 0.3.0 of evaleval/every_eval_ever, and hold nothing that 0.2.2 forbids. They lie where its
collection expects them: `data/<collection>/<developer>/<model>/<uuid>.json`, the samples as `<uuid>_samples.jsonl`.
The schema has no field for images, so their digests are in the metadata of a sample. All values of
`additional_details` and `metadata` have to be texts.
"""

from __future__ import annotations

import hashlib
import json
import math
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmeval import __version__, store

SCHEMA = "0.3.0"
_RESERVED = frozenset(
    {"data", "con", "prn", "aux", "nul"} | {f"{name}{n}" for name in ("com", "lpt") for n in range(10)}
)
"""What the collection refuses as the name of a folder, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a run does not say about itself."""

    organization: str = "unknown"
    """Who evaluated."""
    lower_is_better: bool = False
    low: float = 0.0
    """The lowest value that the headline can have."""
    high: float = 1.0
    judge_prompt: str | None = None
    """The judge's template, where the benchmark is known."""


def write(
    run: store.Run, rows: Iterable[Mapping[str, Any]], images: Mapping[str, Sequence[str]], folder: Path, about: About
) -> list[Path]:
    """Write the documents of a run below `folder`, and return their paths, the aggregate first.

    Args:
        run: the run.
        rows: its flat rows, see `mmeval.report.flat.sample_rows`. Those without a score are left out, because a line
            has to have one; the aggregate says how many there are of each status.
        images: sha256 of the images of a sample, by its id.
        folder: what `data/` is made in.
        about: what the run does not say.
    """
    place = _place(run)
    scored = [row for row in rows if row["score"] is not None]
    lines = [json.dumps(_instance(run, row, images.get(row["id"], ()))) for row in scored]
    document, paths = aggregate(run, about), [folder / f"{place}.json"]
    if lines:
        text, samples = "\n".join(lines) + "\n", f"{place}_samples.jsonl"
        store.write_atomic(folder / samples, text)
        paths.append(folder / samples)
        document["detailed_evaluation_results"] = {
            "format": "jsonl", "file_path": samples, "total_rows": len(lines),
            "hash_algorithm": "sha256", "checksum": hashlib.sha256(text.encode()).hexdigest(),
        }  # fmt: skip
    store.write_atomic(paths[0], json.dumps(document, indent=1) + "\n")
    return paths


def aggregate(run: store.Run, about: About) -> dict[str, Any]:
    """The document of one run, without the reference to its samples."""
    spec, info = run.info.spec, run.info
    measured = info.origin == "mmeval"
    stamp = str(_stamp(run))
    return {
        "schema_version": SCHEMA,
        "evaluation_id": _evaluation(run),
        "retrieved_timestamp": stamp,
        **({"evaluation_timestamp": stamp} if info.ended else {}),
        "source_metadata": {
            "source_name": "mmeval" if measured else spec.profile,
            "source_type": "evaluation_run" if info.counts else "documentation",
            "source_organization_name": about.organization,
            "evaluator_relationship": "first_party" if measured else "third_party",
        },
        "eval_library": {
            "name": "mmeval" if measured else spec.profile,
            "version": str(info.provenance.get("mmeval", __version__)) if measured else "unknown",
            "additional_details": _strings({"run": run.spec_digest, "samples": info.samples_digest}),
        },
        "model_info": _model(spec.model, spec.endpoint),
        "evaluation_results": list(_results(run, about)),
    }


def _stamp(run: store.Run) -> int:
    """Unix time of the run; where it is unknown, that of the import."""
    return int(run.info.ended or run.files.info.stat().st_mtime)


def _evaluation(run: store.Run) -> str:
    return f"{run.info.spec.benchmark}/{run.info.spec.model}/{_stamp(run)}"


def _place(run: store.Run) -> str:
    """Path of the document without its suffix. The same run always has the same name, which is a UUID 4 in form."""
    model = _model(run.info.spec.model, "")
    name = uuid.UUID(bytes=hashlib.sha256(run.spec_digest.encode()).digest()[:16], version=4)
    folders = (run.info.spec.benchmark, model["developer"], model["id"].rpartition("/")[2])
    return "/".join(["data", *map(_component, folders), str(name)])


def _component(name: str) -> str:
    plain = store.slug(name).rstrip(".") or "unknown"
    return f"{plain}_" if plain.lower().partition(".")[0] in _RESERVED else plain


def _model(name: str, endpoint: str) -> dict[str, Any]:
    """A model as `developer/model` where its name has the developer, else with the provider in its place."""
    provider, _, rest = name.partition("/")
    developer = rest.split("/")[-2] if "/" in rest else ("unknown" if provider == "imported" else provider)
    model = rest.rpartition("/")[2] or provider
    control = "self_deployed" if endpoint.partition(":")[0] == "local" else "unknown"
    return {
        "name": model,
        "id": f"{developer or 'unknown'}/{model}",
        "developer": developer or "unknown",
        "inference_platform": provider,
        "additional_details": {"deployment_type": control, "model_availability": "unknown", "mmeval_model": name},
    }


def _results(run: store.Run, about: About) -> Iterator[dict[str, Any]]:
    spec = run.info.spec
    for name, number in run.info.metrics.items():
        if not math.isfinite(number.value):
            continue  # JSON has no such number
        yield {
            "evaluation_result_id": f"{_evaluation(run)}#{name}",
            "evaluation_name": spec.benchmark if name == run.info.primary_metric else f"{spec.benchmark}: {name}",
            "source_data": _source(spec.benchmark, spec.data),
            "metric_config": _metric(run, name, number.value, about),
            "score_details": {
                "score": number.value,
                "details": _strings(
                    {"planned": run.info.planned, **{f"status {status}": n for status, n in run.info.counts.items()}}
                ),
                **({"uncertainty": _uncertainty(number)} if number.n else {}),
            },
            "generation_config": _generation(spec.options),
        }


def _metric(run: store.Run, name: str, value: float, about: About) -> dict[str, Any]:
    spec = run.info.spec
    found: dict[str, Any] = {
        "evaluation_description": name,
        "metric_id": name if "/" not in name else f"mmeval.{name}",
        "metric_name": name,
        "lower_is_better": about.lower_is_better,
        "additional_details": _strings({"profile": spec.profile, "scorer": spec.scorer, "version": spec.version}),
    }
    if about.low <= value <= about.high:  # else the number has another scale, and the run does not say which
        found |= {"score_type": "continuous", "min_score": about.low, "max_score": about.high}
    if spec.judge:
        prompt = about.judge_prompt or f"not at hand; its digest is {spec.judge_digest}"
        found["llm_scoring"] = {"judges": [{"model_info": _model(spec.judge, "")}], "input_prompt": prompt}
    return found


def _uncertainty(number: store.Number) -> dict[str, Any]:
    found: dict[str, Any] = {"num_samples": number.n}
    if math.isfinite(number.low) and math.isfinite(number.high):
        found["confidence_interval"] = {
            "lower": number.low, "upper": number.high, "confidence_level": number.level, "method": number.method,
        }  # fmt: skip
    return found


def _generation(options: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: options[name] for name in ("temperature", "top_p") if isinstance(options.get(name), int | float)}
    most = options.get("max_tokens")
    if isinstance(most, int) and most >= 1:
        known["max_tokens"] = most
    return {"generation_args": known, "additional_details": _strings(options)}


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


def _instance(run: store.Run, row: Mapping[str, Any], images: Sequence[str]) -> dict[str, Any]:
    """One scored sample, as evidence for the headline."""
    spec = run.info.spec
    asked = {"raw": row["question"] or "", "reference": _references(row["target"])}
    known = row["question"] is not None
    found: dict[str, Any] = {
        "schema_version": SCHEMA,
        "evaluation_id": _evaluation(run),
        "model_id": _model(spec.model, "")["id"],
        "evaluation_name": spec.benchmark,
        "evaluation_result_id": f"{_evaluation(run)}#{run.info.primary_metric}",
        "sample_id": row["id"],
        "sample_hash": _sample_hash(asked) if known else None,
        "interaction_type": "single_turn",
        "input": {**asked, "choices": row["choices"]},
        "output": {"raw": [] if row["reply"] is None else [row["reply"]]},
        "answer_attribution": _attribution(row),
        "evaluation": {"score": row["score"], "is_correct": row["score"] >= 1.0},
        "metadata": {
            "status": row["status"], "epoch": str(row["epoch"]), "image_sha256": json.dumps(list(images)),
            **{f"tag {name}": value for name, value in (row["tags"] or {}).items()},
        },
    }  # fmt: skip
    if row["status"] != "ok":
        found["error"] = row["failure"] or row["status"]
    if row["input_tokens"] is not None and row["output_tokens"] is not None:
        both = {key: row[key] for key in ("input_tokens", "output_tokens")}
        found["token_usage"] = {**both, "total_tokens": sum(both.values())}
    if row["latency_s"] is not None and not row["cached"]:
        found["performance"] = {"latency_ms": row["latency_s"] * 1000}
    return found


def _references(target: Any) -> list[str]:
    return [_text(one) for one in (target if isinstance(target, list) else [target]) if one is not None]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _attribution(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    if row["answer"] is None:
        return []
    return [
        {
            "turn_idx": 0, "source": "output.raw", "extracted_value": row["answer"],
            "extraction_method": row["rule"] or "unknown", "is_terminal": True,
        }
    ]  # fmt: skip


def _sample_hash(asked: Mapping[str, Any]) -> str:
    """The schema's recipe, so that the digests of all exporters agree."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
