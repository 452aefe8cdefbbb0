"""Reading text in pictures, in English and Chinese: recognise, locate, extract, parse, calculate, understand, reason.

25 of the 30 tasks, each by the authors' rule for it. Left out: spotting, page text, fine-grained recognition,
translation, and short handwritten answers, whose rules need METEOR with WordNet, a Chinese word list, or the evaluation
of the ICDAR competitions. So the headline, the mean of English and Chinese, each the mean of its abilities, is not the
published one; `score/english-questions` and `score/chinese-questions` are means over questions, as lmms-eval has them.
Places are asked for in thousandths of the picture, and read as such from every model.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics.groups import Share, grouped, mean, tagged
from mmeval.scorers import ocr_task
from mmeval.scorers.rules.ocr import ABILITIES, kind_of
from mmeval.scorers.targets import as_list

WEIGHTS = {part: 0.5 / sum(one[:2] == part[:2] for one in ABILITIES) for part in ABILITIES}


def to_sample(row: Row) -> Sample | None:
    kind = kind_of(row["type"], row["eval"], row["question"])
    if kind is None:
        return None
    image, answers, box = data.picture(row), [str(answer) for answer in row["answers"]], row["bbox"]
    box = answers if kind == "located" else as_list(box) if isinstance(box, str) else box
    part = next(part for part, tasks in ABILITIES.items() if row["type"] in tasks)
    return Sample(
        id=str(row["id"]),
        prompt=prompts.question_first(row["question"].strip(), images=[image]),
        target={"answers": answers, "box": box},
        cluster=data.seen([image]),
        tags={"kind": kind, "part": part, "language": part[:2], "category": row["type"], "picture": data.seen([image])},
    )


def share(tag: str, text: str) -> Share:
    return Share(value=mean(), where=tagged(tag, text))


LANGUAGES = {"english-questions": share("language", "en"), "chinese-questions": share("language", "cn")}

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
        parts={part: share("part", part) for part in ABILITIES} | LANGUAGES,
    ),
    cluster="image", license="MIT", url="https://github.com/Yuliang-Liu/MultimodalOCR",
    paper="https://arxiv.org/abs/2501.00321", rows=10_000, chance=0.0, tags=("ocr", "multilingual", "open"),
)  # fmt: skip
