"""Films of science, medicine, engineering and the humanities, asked at the level of experts: the validation questions.

The authors let GPT-4o judge every reply, as `official` does with the judge that `--judge` names. Letters need none: the
default reads options by our own rule, and a judge decides about open answers only. lmms-eval accepts one content word
of the right option instead.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import correctness, judged_option, routed
from mmeval.types import Text

CLOSED = (
    "Do not generate any intermediate reasoning process. Answer directly with the option letter from the given choices."
)
OPEN = "Do not generate any intermediate reasoning process. Directly output the final short answer."


def to_sample(row: Row) -> Sample:
    closed = row["question_type"] == "multiple-choice"
    options = [row["choices"][letter] for letter in "ABCDE"] if closed else []
    lines = f"{prompts.lettered(options, '{letter}: {text}')}\n" if closed else ""
    text = f"Question: {row['question']}\n{lines}\n{CLOSED if closed else OPEN}"
    return Sample(
        id=str(row["id"]),
        prompt=(data.film(row, row["video_path"]), Text(text)),
        target=row["answer"],
        choices=tuple(options),
        cluster=row["video_path"],
        tags=data.tags(row, "question_type"),
    )


benchmark = Benchmark(
    name="mmvu", version="1", title="MMVU, validation", about=__doc__, video="lmms-32",
    data=data.unpacked(
        data.hub(
            "lmms-lab/MMVU", split="validation", revision=None,  # pinned by the first load
            columns={
                "id": str, "question_type": str, "question": str, "choices": dict | None, "answer": str,
                "video_path": str,
            },
        ),
        "*.zip",
    ),
    to_sample=to_sample, score=routed({"closed": judged_option(letters="ABCDE"), "open": correctness()}),
    profile="mmeval", metric=accuracy(by=["question_type"]), cluster="film", license=None, url="https://mmvu-benchmark.github.io",
    paper="https://arxiv.org/abs/2501.12380", rows=1_000, chance=None,
    tags=("video", "exam", "multiple-choice", "open", "judge"),
)  # fmt: skip
