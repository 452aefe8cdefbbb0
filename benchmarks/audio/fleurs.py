"""Read sentences in English, Mandarin and Cantonese: errors per word, or per character of the Chinese parts.

The headline is the mean over the three languages; `wer/language=...` are the numbers that reports print. Each language
is normalised by itself (lmms-eval takes the rule of the last row for all). `--profile whisper` is the rule of the
Whisper paper. Qwen's reports also write digits as Han numbers and Cantonese in simplified characters, which no profile
does.
"""

from typing import Literal

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import error_rate
from mmeval.scorers import speech_errors

PROMPT = "Please recognize the speech and only output the recognized content:"
UNITS: dict[str, Literal["word", "character"]] = {
    "en_us": "word",
    "cmn_hans_cn": "character",
    "yue_hant_hk": "character",
}


def to_sample(row: Row) -> Sample:
    part = row["part"]
    return data.spoken(
        row, row["transcription"], PROMPT, unit=UNITS[part], cluster=f"{part}-{row['id']}", tags={"language": part}
    )


benchmark = Benchmark(
    name="fleurs", version="1", title="FLEURS, English and Chinese", about=__doc__, audio="wav",
    data=data.chained("part", {
        part: data.hub(
            "lmms-lab-audio/fleurs", config=part, split="test", revision=None,  # pinned by the first load
            columns={"audio": dict, "transcription": str, "id": int | str},
        )
        for part in UNITS
    }),
    to_sample=to_sample, score=speech_errors(), profile="mmeval", metric=error_rate(by=["language"], macro="language"),
    cluster="sentence", license="CC-BY-4.0", url="https://huggingface.co/datasets/google/fleurs",
    paper="https://arxiv.org/abs/2205.12446", rows=None, chance=None, tags=("audio", "speech", "transcription"),
)  # fmt: skip
