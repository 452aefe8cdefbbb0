"""Reading text in pictures, in English and Chinese: recognise, locate, extract, parse, calculate, understand, reason.

25 of the 30 tasks, each by the authors' rule for it. Left out: spotting, page text, fine-grained recognition,
translation, and short handwritten answers, whose rules need METEOR with WordNet, a Chinese word list, or the evaluation
of the ICDAR competitions. So the headline, the mean of English and Chinese, each the mean of its abilities, is not the
published one; `score/english-questions` and `score/chinese-questions` are means over questions, as lmms-eval has them.
Places are asked for in thousandths of the picture, and read as such from every model.
"""

import json
from collections.abc import Mapping

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics.groups import Share, grouped, mean, tagged
from mmeval.scorers import ocr_task

ABILITIES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "recognition": ("text recognition",),
        "location": ("text grounding", "VQA with position"),
        "extraction": ("key information extraction", "key information mapping"),
        "parsing": ("document parsing", "chart parsing", "table parsing", "formula recognition"),
        "calculation": ("math QA", "text counting"),
        "understanding": ("document classification", "cognition VQA", "diagram QA"),
        "reasoning": ("reasoning VQA", "science QA", "APP agent", "ASCII art classification"),
    },
    "cn": {
        "extraction": ("key information extraction", "handwritten answer extraction"),
        "parsing": ("document parsing", "table parsing", "formula recognition"),
        "understanding": ("cognition VQA",),
        "reasoning": ("reasoning VQA",),
    },
}
PARTS = {f"{language}-{ability}": of for language, found in ABILITIES.items() for ability, of in found.items()}
WEIGHTS = {part: 0.5 / len(ABILITIES[part.partition("-")[0]]) for part in PARTS}
RULES = {
    "text grounding en": "located", "VQA with position en": "answered-and-located", "formula recognition en": "formula",
    "formula recognition cn": "formula-cn", "chart parsing en": "chart", "document parsing en": "outline",
    "document parsing cn": "outline", "table parsing cn": "table-html", "handwritten answer extraction cn": "selection",
    "key information extraction en": "keys", "key information mapping en": "keys",
    "key information extraction cn": "keys",
}  # fmt: skip
WAYS = {"multiple choice": "letters", "case sensitive": "cased"}


def rule(task: str, row: Row) -> str | None:
    question, way = row["question"], str(row["eval"] or "")
    if task == "table parsing en":
        return "table-html" if "html" in question.lower() else "table-markdown"
    if task == "text counting en":
        return {"exact match": "occurring", "regression": "counted"}.get(way)
    if task == "handwritten answer extraction cn" and "简答" in question:
        return None
    return RULES.get(task) or WAYS.get(way) or ("characters" if task.endswith("cn") else "words")


def to_sample(row: Row) -> Sample | None:
    task, _, language = str(row["type"]).rpartition(" ")
    part = next((one for one, tasks in PARTS.items() if one.startswith(language) and task in tasks), None)
    kind = rule(str(row["type"]), row) if part else None
    if part is None or kind is None:
        return None
    image, box = data.picture(row), row["bbox"]
    answers = [str(answer) for answer in row["answers"]]
    place = json.loads(box) if isinstance(box, str) and box.startswith("[") else box
    return Sample(
        id=str(row["id"]),
        prompt=prompts.question_first(row["question"].strip(), images=[image]),
        target={"answers": answers, "box": answers if kind == "located" else place},
        cluster=data.seen([image]),
        tags={"kind": kind, "part": part, "language": language, "category": str(row["type"]),
              "picture": data.seen([image])},
    )  # fmt: skip


def whole(language: str) -> Share:
    return Share(value=mean(), where=tagged("language", language))


benchmark = Benchmark(
    name="ocrbench_v2", version="1", title="OCRBench v2 (25 of 30 tasks)", about=__doc__,
    data=data.hub(
        "ling99/OCRBench_v2", split="test", revision=None,  # pinned by the first load
        columns={
            "id": int | str, "question": str, "type": str, "answers": list, "eval": str | None,
            "bbox": list | str | None, "image": dict,
        },
    ),
    to_sample=to_sample, score=ocr_task(), profile="official",
    metric=grouped(
        name="score", headline=WEIGHTS, unit=("picture",), version=2,
        about="Mean of English and Chinese, each the mean of its abilities.",
        parts={
            **{part: Share(value=mean(), where=tagged("part", part)) for part in PARTS},
            "english-questions": whole("en"), "chinese-questions": whole("cn"),
        },
    ),
    cluster="image", license="MIT", url="https://github.com/Yuliang-Liu/MultimodalOCR",
    paper="https://arxiv.org/abs/2501.00321", rows=10_000, chance=0.0, tags=("ocr", "multilingual", "open"),
)  # fmt: skip
