"""Sentences read by volunteers in English, French and Mandarin: errors per word, or per character of Mandarin.

The headline is the mean over the three languages; `wer/language=...` are the numbers that reports print. Each language
is normalised by itself. `--profile whisper` is the rule of the Whisper paper, with its English rules for English; the
reports of Qwen also write digits as Han numbers in Mandarin.
"""

from typing import Literal

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import error_rate
from mmeval.scorers import speech_errors

PROMPT = "Please recognize the speech and only output the recognized content:"
UNITS: dict[str, Literal["word", "character"]] = {"en": "word", "fr": "word", "zh-CN": "character"}


def to_sample(row: Row) -> Sample:
    part = row["part"]
    return data.spoken(
        row, row["sentence"], PROMPT, unit=UNITS[part], cluster=row.get("client_id"), tags={"language": part}
    )


benchmark = Benchmark(
    name="common_voice", version="1", title="Common Voice 15", about=__doc__, audio="wav",
    data=data.chained("part", {
        part: data.hub(
            "lmms-lab-audio/common_voice_15", config=part, split="test", revision=None,  # pinned by the first load
            columns={"audio": dict, "sentence": str},
        )
        for part in UNITS
    }),
    to_sample=to_sample, score=speech_errors(), profile="mmeval", metric=error_rate(by=["language"], macro="language"),
    cluster="speaker", license="CC0-1.0", url="https://commonvoice.mozilla.org",
    paper="https://arxiv.org/abs/1912.06670", rows=None, chance=None, tags=("audio", "speech", "transcription"),
)  # fmt: skip
