"""Questions about infographics (validation split), scored by edit distance (ANLS).

The default is the definition of the challenge: a similarity must exceed one half to count. The two
evaluation kits also keep exactly one half (`vlmevalkit-2026-08`, `lmms-0.7.3`).
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import anls

CLOSING = "Answer the question using a single word or phrase."


def to_sample(row: Row) -> Sample:
    return Sample(
        id=str(row["questionId"]),
        prompt=prompts.question_first(row["question"], CLOSING, images=[data.picture(row)]),
        target=list(row["answers"]),
        cluster=str(row["image_url"]),
    )


benchmark = Benchmark(
    name="infovqa", version="1", title="InfoVQA", about=__doc__,
    data=data.hub(
        "lmms-lab/DocVQA", config="InfographicVQA", split="validation", revision=None,  # pinned by the first load
        columns={"questionId": str, "question": str, "answers": list, "image_url": str, "image": dict},
    ),
    to_sample=to_sample, score=anls(), profile="official", metric=accuracy(name="anls"), cluster="image",
    license=None,  # the pictures keep their owners' terms; none is stated for the whole
    url="https://www.docvqa.org", paper="https://arxiv.org/abs/2104.12756", rows=2_801, chance=None,
    tags=("vqa", "document", "ocr", "open"),
)  # fmt: skip
