"""A synthetic results folder of any size, written as the runner writes it: the tests' and the measurements' input.

python -m tests.ledger OUT --models 300 --benchmarks 30 --samples 200
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mmeval.codedigest import code_digest
from mmeval.store import (
    COLUMNS,
    Number,
    RunInfo,
    Spec,
    StoredPart,
    StoredSample,
    Totals,
    benchmark_folder,
    dump_sample,
    run_path,
    write_info,
)

EIGHT = ("mmbench_v11", "mmstar", "mmmu_val", "mathvista", "ocrbench", "ai2d", "hallusionbench", "mmvet")
OTHERS = ("chartqa", "docvqa", "textvqa", "pope", "realworldqa", "scienceqa", "seedbench", "vqav2", "infovqa", "mme")
PREFIX = "toy_"
"""Keeps the synthetic benchmarks apart from the catalog's."""
GROUPS = {"chartqa": "charts", "docvqa": "charts", "infovqa": "charts", "pope": "hallucination"}
PAIRS = "hallusionbench"
"""Its headline is the share of pictures of which both questions are right."""
POINTS = {"ocrbench": 1000.0}
"""Benchmarks that count in points."""
CATEGORIES = ("counting", "reading", "spatial", "reasoning", "colour")
MAKERS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel")
ENCODERS = ("CLIP ViT-L/14", "SigLIP SO400M", "InternViT-300M", "DFN ViT-H")
BACKBONES = ("Qwen3-8B", "Llama-4-8B", "Vicuna-7B", "Mistral-12B", "InternLM3-8B")
HOSTILE = (
    "<script>window.pwned=1</script>",
    '"><img src=x onerror="window.pwned=1">',
    "[click](javascript:window.pwned=1) <a href='javascript:window.pwned=1'>here</a>",
    "safe \u202egnp.exe\u202c \u2066isolate\u2069 \u200fmark",
    "broken \udcff\udcfe bytes \x00\x07 and \x1b[31mcolour",
    "</textarea></script><!--<style>*{display:none}</style>",
    "{{ 7*7 }} {% include 'x' %} ${7*7}",
    "שלום עולם, the answer is B",
    "line one\nline two\n\n    indented",
)
DEFINITION = """from mmeval import Benchmark, Metric
from mmeval.scorers import Scorer
from mmeval.types import Estimate, Score


class Rows:
    def rows(self, *, offline=False):
        return iter(())

    def describe(self):
        return {{"id": "synthetic/{name}", "revision": "0123456789abcdef0123456789abcdef01234567", "split": "test"}}


def metric(records):
    groups, pairs = {{}}, {{}}
    for record in records:
        for key in ("accuracy", "accuracy/" + record.tags.get("category", "")):
            groups.setdefault(key, []).append(record.score.value)
        pairs.setdefault(record.cluster, []).append(record.score.value)
    if {pairs}:
        groups["accuracy"] = list(map(min, pairs.values()))
    return {{k: Estimate(value={high} * sum(v) / len(v), low=0.0, high={high}, n=len(v), method="mean") for k, v in groups.items() if not k.endswith("/")}}


def letter(sample, reply):
    return Score(value=float(reply.text.strip() == sample.target), answer=reply.text.strip() or None)


benchmark = Benchmark(
    name="{name}", version="1", title="{title}", about="Multiple choice about pictures, made for tests.",
    data=Rows(), to_sample=lambda row: None, score=Scorer(name="letter", rules={{"mmeval": letter}}), profile="mmeval",
    metric=Metric(name="accuracy", aggregate=metric, higher_is_better=True, low=0.0, high={high}, scale={scale},
                  about="{about}"),
    cluster="image", license="CC-BY-4.0", url="https://example.org/{name}", paper=None, rows={samples},
    chance=0.25 * {high}, max_tokens=512, redistribute=True, tags=("{group}",),
)
"""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How large a ledger is and what is odd in it."""

    models: int = 12
    benchmarks: int = 10
    samples: int = 120
    seed: int = 7
    replies: bool = True
    references: bool = True
    hostile: bool = True
    holes: float = 0.12
    """Share of cells that were never run (the first quarter of the models has none)."""
    thumbs: int = 6
    reply_words: int = 12
    failures: float = 0.004
    """Share of requests that fail; a model that loses more than one in a hundred samples has no rank."""
    names: tuple[str, ...] = field(default=())


def benchmark_names(shape: Shape) -> list[str]:
    known = [*EIGHT, *OTHERS]
    names = [known[i] if i < len(known) else f"bench_{i:02d}" for i in range(shape.benchmarks)]
    return [PREFIX + name for name in names]


def model_names(shape: Shape) -> list[str]:
    return [
        f"{MAKERS[i % len(MAKERS)].lower()}/vision-{i // len(MAKERS) + 1}{'ab'[i % 2]}" for i in range(shape.models)
    ]


def write(root: Path, shape: Shape = Shape()) -> Path:
    """Write `root/results`, `root/benchmarks` and `root/adapters/models.toml`; returns the results folder."""
    write_cards(root, shape)
    for number, name in enumerate(benchmark_names(shape)):
        write_benchmark(root / "results", name, number, shape)
    return root / "results"


def write_cards(root: Path, shape: Shape) -> None:
    for name in benchmark_names(shape):
        group = GROUPS.get(name.removeprefix(PREFIX), "general")
        file = root / "benchmarks" / group / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        title = name.removeprefix(PREFIX).replace("_", " ").title().replace("Mm", "MM")
        kind = name.removeprefix(PREFIX)
        about = "Share of pictures with both questions right." if kind == PAIRS else "Mean over samples."
        points = {"high": POINTS.get(kind, 1.0), "scale": 1.0 if kind in POINTS else 100.0, "pairs": kind == PAIRS}
        file.write_text(
            DEFINITION.format(name=name, title=title, samples=shape.samples, group=group, about=about, **points)
        )
    cards = "\n".join(model_card(i, name, shape) for i, name in enumerate(model_names(shape)))
    shown = ("MMBench_V11", "MMStar", "MMMU_VAL", "MathVista", "OCRBench", "AI2D", "HallusionBench", "MMVet")
    pairs = zip(EIGHT, shown, strict=True)
    names = "[openvlm.names]\n" + "".join(f'{PREFIX}{name} = "{title}"\n' for name, title in pairs)
    eight = json.dumps([PREFIX + name for name in EIGHT])
    (root / "benchmarks" / "suites.toml").write_text(
        f'[openvlm]\ntitle = "OpenVLM board"\nbenchmarks = {eight}\n{names}', encoding="utf-8"
    )
    (root / "adapters").mkdir(parents=True, exist_ok=True)
    (root / "adapters" / "models.toml").write_text(cards, encoding="utf-8")


def model_card(i: int, name: str, shape: Shape) -> str:
    draw = random.Random(f"{shape.seed}:{name}")
    maker = MAKERS[i % len(MAKERS)]
    lines = [
        f'["{name}"]',
        f'title = "{maker} Vision {i // len(MAKERS) + 1}{"ab"[i % 2]}"',
        f'organization = "{maker} Lab"',
    ]
    lines += [f"released = {2024 + i % 3}-{i % 12 + 1:02d}-{i % 27 + 1:02d}", f"open = {'true' if i % 3 else 'false'}"]
    lines += ['modalities = ["text", "image"]' if i % 4 else 'modalities = ["text", "image", "audio", "video"]']
    if i % 3:
        parts = f'encoder = "{draw.choice(ENCODERS)}", input_projector = "MLP", llm = "{draw.choice(BACKBONES)}"'
        lines += [f"parameters = {draw.choice([2.2, 4, 7.6, 8.3, 0.0003, 34, 72.7])}", f"parts = {{ {parts} }}"]
    else:
        lines += [f"price = {{ input = {draw.uniform(0.1, 5):.2f}, output = {draw.uniform(0.4, 20):.2f} }}"]
        lines += ["price_date = 2026-11-01"]
    return "\n".join([*lines, f'url = "https://example.org/{name}"', ""])


def stored_samples(name: str, shape: Shape) -> list[StoredSample]:
    draw = random.Random(f"{shape.seed}:{name}:samples")
    out = []
    for i in range(shape.samples):
        image = StoredPart(
            "image",
            sha256=f"{i % max(1, shape.thumbs):064x}",
            mime="image/png",
            width=320,
            height=200,
            source=f"synthetic/{name}@0123456:{i}",
        )
        text = f"Picture {i}: how many shapes are {draw.choice(['red', 'round', 'to the left of the tall one'])}?\nA. two\nB. three\nC. five\nD. none"
        tags = {"category": CATEGORIES[i % len(CATEGORIES)]}
        choices = ("two", "three", "five", "none")
        out.append(
            StoredSample(
                f"{name}-{i:04d}",
                (image, StoredPart("text", text=text)),
                draw.choice("ABCD"),
                choices,
                f"image-{i // 2}",
                tags,
            )
        )
    return out


def write_benchmark(results: Path, name: str, number: int, shape: Shape) -> None:
    samples = stored_samples(name, shape)
    models = model_names(shape)
    skill = {
        m: random.Random(f"{shape.seed}:{m}:skill").gauss(0.4 + i / max(1, len(models)), 0.5)
        for i, m in enumerate(models)
    }
    hard = [random.Random(f"{shape.seed}:{s.id}").gauss(0.1 * (number % 5), 1.1) for s in samples]
    for i, model in enumerate(models):
        gap = random.Random(f"{shape.seed}:{model}:{name}:hole").random()
        if i >= len(models) / 4 and gap < shape.holes:
            continue
        write_run(results, model, name, samples, [sigmoid(skill[model] - h) for h in hard], shape)
    if shape.references:
        write_run(results, "baseline/random", name, samples, [0.25] * len(samples), shape)
        write_run(results, "baseline/majority", name, samples, [0.28] * len(samples), shape)
        write_run(results, f"baseline/blind:{models[0]}", name, samples, [0.34] * len(samples), shape)
    folder = results / "_samples" / benchmark_folder(spec("x/y", name))
    write_sample_file(folder, samples, shape)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def write_sample_file(folder: Path, samples: Sequence[StoredSample], shape: Shape) -> None:
    from PIL import Image, ImageDraw

    (folder / "thumbs").mkdir(parents=True, exist_ok=True)
    (folder / "all.jsonl").write_text("".join(dump_sample(s) + "\n" for s in samples), encoding="utf-8")
    for i in range(shape.thumbs):
        picture = Image.new("RGB", (320, 200), ((37 * i) % 200 + 40, 120, (91 * i) % 200 + 40))
        pen = ImageDraw.Draw(picture)
        for j in range(i + 2):
            pen.ellipse((20 + 36 * j, 40 + 14 * j, 60 + 36 * j, 80 + 14 * j), fill=(250, 240, 40 * j % 255))
        picture.save(folder / "thumbs" / f"{i:064x}.webp", quality=60)


def spec(model: str, name: str, **changed: Any) -> Spec:
    base: dict[str, Any] = {
        "model": model, "benchmark": name, "version": "1", "profile": "mmeval", "endpoint": "https://api.example.org/v1",
        "options": {"temperature": 0.0, "max_tokens": 512, "seed": None}, "definition_digest": "d" * 64,
        "adapter_digest": "a" * 64, "scorer": "letter/mmeval@1", "data": {"id": f"synthetic/{name}", "revision": "0123456789abcdef0123456789abcdef01234567", "split": "test"},
    }  # fmt: skip
    return Spec(**{**base, **changed})


def write_run(
    results: Path,
    model: str,
    name: str,
    samples: Sequence[StoredSample],
    chance: Sequence[float],
    shape: Shape,
    **changed: Any,
) -> Path:
    """One finished run: journal, scores.csv and run.json that agree with each other."""
    draw = random.Random(f"{shape.seed}:{model}:{name}")
    lines = [record(sample, p, i, draw, shape) for i, (sample, p) in enumerate(zip(samples, chance, strict=True))]
    return write_lines(results, model, name, lines, replies=shape.replies, **changed)


def write_lines(
    results: Path, model: str, name: str, lines: Sequence[dict[str, Any]], *, replies: bool = True, **changed: Any
) -> Path:
    """The run folder of some records."""
    the_spec = spec(model, name, **{"definition_digest": definition_digest(results, name), **changed})
    folder = run_path(results, the_spec)
    folder.mkdir(parents=True, exist_ok=True)
    if replies:
        text = "\n".join(json.dumps(line, ensure_ascii=True, separators=(",", ":")) for line in lines)
        (folder / "records.jsonl").write_text(text + "\n", encoding="utf-8")
    write_csv(folder / "scores.csv", lines)
    write_info(folder, info(the_spec, lines, model, name))
    return folder


def definition_digest(results: Path, name: str) -> str:
    file = next((results.parent / "benchmarks").rglob(f"{name}.py"), None)
    return code_digest(file.read_text(encoding="utf-8")) if file else "d" * 64


def record(sample: StoredSample, p: float, i: int, draw: random.Random, shape: Shape) -> dict[str, Any]:
    """A line of records.jsonl as a dict, cheaper than the dataclass and equal to it (a test says so)."""
    odd = draw.random()
    right = draw.random() < p
    status = "ok" if odd > 0.02 else "error" if odd < shape.failures else "truncated" if odd < 0.013 else "refused"
    letter = str(sample.target) if right else draw.choice([c for c in "ABCD" if c != sample.target])
    text, answer = reply_text(letter, i, odd, draw, shape)
    right = right and answer == sample.target
    base = {
        "id": sample.id,
        "epoch": 0,
        "status": status,
        "reply": None,
        "failure": None,
        "score": None,
        "cluster": sample.cluster,
        "tags": dict(sample.tags),
        "cost": None,
        "judge_cost": None,
        "judge_usage": None,
        "requests": 1,
        "retries": 0,
        "at": 1.79e9 + i,
    }
    if status == "error":
        return {**base, "failure": {"kind": "server", "message": "HTTP 502 from the provider", "attempts": 4}}
    if status == "refused":
        text, answer, right = "I cannot help with this picture.", None, False
    value = 1.0 if right else 0.0
    usage = {"input": 640 + draw.randrange(90), "output": len(text) // 4, "reasoning": None, "cached": None}
    finish = {"ok": "stop", "truncated": "length", "refused": "refused"}[status]
    reply = {
        "text": text,
        "finish": finish,
        "reasoning": None,
        "usage": usage,
        "latency_s": round(draw.lognormvariate(0.2, 0.5), 3),
        "model": None,
        "cached": False,
        "request_id": None,
    }
    why = (
        "unparsed: no option letter found"
        if answer is None
        else f"{answer} {'is' if right else 'is not'} the key {sample.target}"
    )
    score = {
        "value": value,
        "answer": answer,
        "note": why,
        "rule": "status:refused" if status == "refused" else "letter" if answer else "none",
        "span": None,
    }
    return {**base, "reply": reply, "score": score, "cost": round(usage["input"] * 2e-6 + usage["output"] * 8e-6, 8)}


def reply_text(letter: str, i: int, odd: float, draw: random.Random, shape: Shape) -> tuple[str, str | None]:
    if 0.02 < odd < 0.03:
        return "It is hard to say.", None
    words = " ".join(
        draw.choice(("the", "shape", "is", "round", "red", "and", "left", "of", "tall", "one"))
        for _ in range(shape.reply_words)
    )
    bad = f" {HOSTILE[i % len(HOSTILE)]}" if shape.hostile and i % 7 == 0 else ""
    return f"I count carefully: {words}.{bad}\nAnswer: {letter}", letter


def write_csv(file: Path, lines: Sequence[dict[str, Any]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in sorted(lines, key=lambda one: (one["id"], one["epoch"])):
        score = line["score"] or {"value": None, "answer": "", "rule": ""}
        value = "" if score["value"] is None else repr(score["value"])
        writer.writerow(
            [line["id"], line["epoch"], line["status"], value, score["answer"] or "", score["rule"], line["cluster"]]
        )
    file.write_text(out.getvalue(), encoding="utf-8")


def info(the_spec: Spec, lines: Sequence[dict[str, Any]], model: str, name: str) -> RunInfo:
    scored = [line for line in lines if line["score"]]
    kind = name.removeprefix(PREFIX)
    high = POINTS.get(kind, 1.0)
    metrics = {"accuracy": number(headline_values(scored, kind), high)}
    for category in sorted({line["tags"]["category"] for line in scored}):
        metrics[f"accuracy/{category}"] = number(
            [line["score"]["value"] for line in scored if line["tags"]["category"] == category], high
        )
    counts: dict[str, int] = {}
    for line in lines:
        counts[line["status"]] = counts.get(line["status"], 0) + 1
    reference = model.startswith("baseline/")
    cost = None if reference else sum(line["cost"] or 0 for line in lines)
    day = random.Random(f"{model}{name}").randrange(1, 22)
    provenance = {
        "mmeval": "0.1.0", "git": {"sha": "0123456789abcdef0123456789abcdef01234567", "dirty": False}, "python": "3.11.9", "os": "Linux x86_64",
        "packages": {"openai": "3.54.0", "pillow": "12.0.0"}, "argv": ["mmeval", "run", name, "-m", model],
        "first_start": 1793523600.0 + 86400 * day, "start": 1793523600.0 + 86400 * day, "end": 1793524350.0 + 86400 * day,
    }  # fmt: skip
    unparsed = sum(1 for line in scored if line["score"]["answer"] is None and line["status"] != "refused")
    tokens = [line["reply"]["usage"] for line in lines if line["reply"]]
    totals = Totals(
        input_tokens=sum(t["input"] for t in tokens),
        output_tokens=sum(t["output"] for t in tokens),
        cost=cost,
        requests=len(lines),
        wall_s=750.0,
    )
    return RunInfo(
        status="complete",
        spec=the_spec,
        provenance=provenance,
        samples_digest="all",
        planned=len(lines),
        counts=counts,
        unparsed=unparsed,
        metrics=metrics,
        primary_metric="accuracy",
        totals=totals,
    )  # type: ignore[arg-type]


def headline_values(scored: Sequence[dict[str, Any]], kind: str) -> list[float]:
    if kind != PAIRS:
        return [line["score"]["value"] for line in scored]
    pairs: dict[str, list[float]] = {}
    for line in scored:
        pairs.setdefault(line["cluster"], []).append(line["score"]["value"])
    return [min(values) for values in pairs.values()]


def number(values: Sequence[float], high: float = 1.0) -> Number:
    n = len(values)
    mean = sum(values) / n if n else 0.0
    z = 1.959964
    centre, spread = (
        (mean + z * z / (2 * n)) / (1 + z * z / n),
        z / (1 + z * z / n) * math.sqrt(mean * (1 - mean) / n + z * z / (4 * n * n)),
    )
    low, top = high * (centre - spread), high * (centre + spread)
    return Number(value=high * mean, low=low, high=top, n=n, method="wilson", few_clusters=n < 40)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    for name, default in (("models", 12), ("benchmarks", 10), ("samples", 120)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--no-replies", action="store_true")
    args = parser.parse_args()
    print(
        write(
            args.out,
            Shape(models=args.models, benchmarks=args.benchmarks, samples=args.samples, replies=not args.no_replies),
        )
    )


if __name__ == "__main__":
    main()
