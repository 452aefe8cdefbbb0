"""The same pictures and questions in six languages: Arabic, Chinese, English, Portuguese, Russian and Turkish.

The headline is the mean over languages. The default is our own reading of the letter. A picture has a question in
every language, so the interval counts pictures and not questions.
"""

from dataclasses import replace

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import accuracy
from mmeval.scorers import choice

MD5 = {
    "ar": "f3a18b6385f1d9701840aa42de27aead", "cn": "13ed82fa89730037292fcaa27f08f430",
    "en": "1cd781a71ec5a2983c090b84105d6a01", "pt": "548ea2b3bb2da991790386f0015d30d1",
    "ru": "ce1cc8a0533425ab0d86b326ebfc2984", "tr": "0733739d43090327975294292bc5cd67",
}  # fmt: skip
HOST = "https://huggingface.co/datasets/AIDC-AI/Parrot-dataset/resolve/main/mmmb/mmmb_{}.tsv"
COLUMNS = {"index": str | int, "question": str, "A": str, "B": str, "answer": str, "image": dict}


def to_sample(row: Row) -> Sample:
    sample, language = data.vlmevalkit_sample(row), row["language"]
    return replace(sample, id=f"{language}-{sample.id}", tags={**sample.tags, "language": language})


benchmark = Benchmark(
    name="mmmb", version="1", title="MMMB", about=__doc__,
    data=data.chained("language", {
        code: data.vlmevalkit(f"MMMB_{code}", md5=md5, url=HOST.format(code), columns=COLUMNS)
        for code, md5 in MD5.items()
    }),
    to_sample=to_sample, score=choice(), profile="mmeval", metric=accuracy(macro="language"), cluster="image",
    license="Apache-2.0", url="https://github.com/AIDC-AI/Parrot", paper="https://arxiv.org/abs/2406.02539", rows=None,
    chance=None, tags=("multilingual", "multiple-choice"),
)  # fmt: skip
