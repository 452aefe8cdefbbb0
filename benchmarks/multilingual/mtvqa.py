"""Text in pictures, asked and answered in the language of the picture: nine languages from Arabic to Vietnamese.

The default is the authors' rule, the target anywhere in the reply: our own reading (`mmeval`) wants the answer to be
claimed, but does not know how Arabic or Thai says so. A long reply with every word of the picture is right. Reports
print the mean over questions.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import within

CLOSING = "Answer the question using a word or phrase in the language of the question."


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=str(row["index"]),
        prompt=prompts.question_first(row["question"].strip(), CLOSING, images=[image]),
        target=str(row["answer"]).strip(),
        cluster=data.seen([image]),
        tags=data.tags(row, "category"),
    )


benchmark = Benchmark(
    name="mtvqa", version="1", title="MTVQA", about=__doc__,
    data=data.vlmevalkit("MTVQA_TEST", md5="d87c17dbab934b7cd89c0a3c1c5657f4", columns={
        "index": str | int, "question": str, "answer": str | int | float, "category": str, "image": dict,
    }),
    to_sample=to_sample, score=within(), profile="official", metric=accuracy(), cluster="image", license="CC-BY-NC-4.0",
    url="https://bytedance.github.io/MTVQA", paper="https://arxiv.org/abs/2405.11985", rows=None, chance=0.0,
    tags=("ocr", "multilingual", "open"),
)  # fmt: skip
