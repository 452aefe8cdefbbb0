"""Problems of olympiads and entrance examinations in mathematics and physics, in English and Chinese, with pictures.

Open-ended problems only, no proofs. A number has the tolerance that the data state, else it must agree to two
decimals, as a formula must; our own reading of the box. The authors compare by symbolic algebra, with a tolerance of
1e-8, and let parts of an answer come in any order; here they come in the order of the reference.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import math_answer, routed
from mmeval.scorers.readers.quantities import parse
from mmeval.scorers.routed import by_kind
from mmeval.scorers.rules.notation import number

CLOSINGS = {
    "English": "Solve the problem step by step and end with: So the final answer is \\boxed{answer}.",
    "Chinese": "请逐步解答，并在最后写出：所以最终答案是\\boxed{答案}。",
}
CONFIGS = (
    "OE_MM_maths_en_COMP", "OE_MM_physics_en_COMP", "OE_MM_maths_zh_COMP", "OE_MM_maths_zh_CEE", "OE_MM_physics_zh_CEE",
)  # fmt: skip
PICTURES = tuple(f"image_{n}" for n in range(1, 10))
COLUMNS = {"id": int | str, "question": str, "final_answer": list, "image_1": dict, "error": str | float | None}


def to_sample(row: Row) -> Sample:
    images = data.pictures({name: row.get(name) for name in PICTURES}, PICTURES)
    answers, error = [text.strip().strip("$") for text in row["final_answer"]], parse(str(row["error"] or ""))
    single = parse(answers[0]) if len(answers) == 1 and error else None
    language = "Chinese" if "_zh_" in row["part"] else "English"
    text = "\n".join(part for part in (data.present(row.get("context")), row["question"], CLOSINGS[language]) if part)
    exact = {"answer": float(single.value), "tolerance": float(error.value)} if single and error else None
    return Sample(
        id=f"{row['part']}-{row['id']}",
        prompt=prompts.interleave(text, images),
        target=exact or ",".join(answers),
        cluster=data.seen(images.values()),
        tags={"kind": "number" if exact else "formula", "language": language, **data.tags(row, "part", "subfield")},
    )


benchmark = Benchmark(
    name="olympiadbench", version="1", title="OlympiadBench (pictures)", about=__doc__,
    data=data.chained("part", {  # each pinned by the first load
        name: data.hub("Hothan/OlympiadBench", config=name, split="train", revision=None, columns=COLUMNS)
        for name in CONFIGS
    }),
    to_sample=to_sample, score=routed({"number": number(), "formula": math_answer()}, by=by_kind), profile="mmeval",
    metric=accuracy(by=["language", "part"]), cluster="image", license=None,
    url="https://github.com/OpenBMB/OlympiadBench", paper="https://arxiv.org/abs/2402.14008", rows=None, chance=0.0,
    tags=("mathematics", "physics", "open"),
)  # fmt: skip
