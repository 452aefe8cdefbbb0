"""Scans of chest, head, abdomen, pelvis and neck: what is seen, and what is known about it, in English and Chinese.

An answer is right if it is the reference but for case and punctuation, as in the paper; words for yes and no count
as one, because the Chinese references vary them. A list of treatments has to be named as a whole: open questions
about knowledge score low. Some reports let a model judge instead, which gives more.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import exact_text

CLOSINGS = {"en": "Answer the question with a single word or phrase.", "zh": "请用一个词语或短语回答问题。"}
SAME = (("yes", "是", "是的", "有", "包含", "可以"), ("no", "不", "否", "不是", "没有", "不包含", "不可以"))


def to_sample(row: Row) -> Sample:
    image, answer, language = data.picture(row), row["answer"].strip(), row["q_lang"]
    same = next((words for words in SAME if answer.lower() in words), ())
    return Sample(
        id=str(row["qid"]),
        prompt=prompts.question_first(row["question"].strip(), CLOSINGS[language], images=[image]),
        target=[answer, *same],
        cluster=row["img_name"],
        tags={"language": language, **data.tags(row, "answer_type", "content_type", "modality")},
    )


benchmark = Benchmark(
    name="slake", version="1", title="SLAKE", about=__doc__,
    data=data.zipped(
        data.hub(
            "BoKelvin/SLAKE", split="test", revision=None,  # pinned by the first load
            columns={
                "qid": int, "img_name": str, "question": str, "answer": str, "q_lang": str, "answer_type": str,
                "content_type": str, "modality": str,
            },
        ),
        archive="imgs.zip", column="img_name", folder="imgs/",
    ),
    to_sample=to_sample, score=exact_text(), profile="mmeval",
    metric=accuracy(by=["language", "answer_type", "content_type", "modality"]), cluster="image", license=None,
    url="https://www.med-vqa.com/slake", paper="https://arxiv.org/abs/2102.09542", rows=2_094, chance=None,
    tags=("medical", "multilingual", "open"),
)  # fmt: skip
