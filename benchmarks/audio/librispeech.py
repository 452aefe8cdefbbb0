"""Read English, clean and other: the errors per word of the references.

All errors are summed over all words, as published; `wer/part=...` are the two numbers that reports print. The default
compares texts after Whisper's basic normalisation. To reproduce a report, use `--profile whisper`: its English
normaliser also unites spellings, numbers, contractions and abbreviations, so that "Mr." is no error for "mister".
"""

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import error_rate
from mmeval.scorers import speech_errors

PROMPT = "Please recognize the speech and only output the recognized content:"


def to_sample(row: Row) -> Sample:
    speaker = str(row["source"]).rpartition("/")[2].partition("-")[0]
    return data.spoken(row, row["gt"], PROMPT, cluster=speaker, tags={"part": row["part"]})


benchmark = Benchmark(
    name="librispeech", version="1", title="LibriSpeech, test", about=__doc__, audio="wav",
    data=data.chained("part", {
        part: data.hub(
            "lmms-lab-audio/librispeech", config=f"librispeech_{part}", split=f"librispeech_{part}",
            revision=None,  # pinned by the first load
            columns={"audio": dict, "gt": str, "source": str},
        )
        for part in ("test_clean", "test_other")
    }),
    to_sample=to_sample, score=speech_errors(), profile="mmeval", metric=error_rate(by=["part"]),
    cluster="speaker", license="CC-BY-4.0", url="https://www.openslr.org/12",
    paper=None, rows=None, chance=None, tags=("audio", "speech", "transcription"),
)  # fmt: skip
