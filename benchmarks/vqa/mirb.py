"""Several pictures that only together have the answer: code, papers, places, jigsaws, chains of facts, counting.

The default is our own reading of letters, numbers and words; lmms-eval wants a letter with a full stop, or any
number or text of the reply that fits.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice, open_answer, routed
from mmeval.scorers.routed import by_kind

SYMBOL, WORD = "Answer with the option symbol.", "Answer with a single word."
ASKS = {
    "codeu": SYMBOL, "food": SYMBOL, "image_jigsaw": SYMBOL, "arxiv": "Answer with the paper title.",
    "count": "Answer with a single number.",
    "3d_scene": "The following images are different views of the same 3D scene. Answer with a single number.",
}  # fmt: skip


def to_sample(row: Row) -> Sample:
    images = list(data.pictures(row, "image_list").values())
    answer, subset = str(row["answers"]).strip(), row["subset"]
    return Sample(
        id=str(row["question_id"]),
        prompt=prompts.in_order(f"{ASKS.get(subset, WORD)} {row['questions'].strip()}", images),
        target=answer,
        cluster=data.seen(images),
        tags={"kind": "letter" if ASKS.get(subset) == SYMBOL else "text", "subset": subset},
    )


benchmark = Benchmark(
    name="mirb", version="1", title="MIRB", about=__doc__,
    data=data.hub(
        "VLLMs/MIRB-hf", split="test", revision=None,  # pinned by the first load
        columns={
            "question_id": str | int, "subset": str, "image_list": list, "questions": str, "answers": str | int | list,
        },
    ),
    to_sample=to_sample, score=routed({"letter": choice(letters="ABCDE"), "text": open_answer()}, by=by_kind),
    profile="mmeval", metric=accuracy(by=["subset"]), cluster="images", license=None,
    url="https://github.com/ys-zong/MIRB", paper="https://arxiv.org/abs/2406.12742", rows=None, chance=None,
    tags=("multi-image", "multiple-choice", "open"),
)  # fmt: skip
