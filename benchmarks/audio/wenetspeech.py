"""Mandarin from the net and from meetings: errors per Han character, or word of another script.

The headline is over both parts together; `mer/part=...` are the numbers that reports print. All errors are summed over
the units of the references; lmms-eval divides each sample by the longer of both texts and takes the mean. With
`--profile whisper` every letter of another script is a unit too.
"""

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import error_rate
from mmeval.scorers import speech_errors

PROMPT = (
    "Please listen to the audio and transcribe what you hear. Please only provide the transcription without any "
    "additional commentary. Do not include any punctuation."
)


def to_sample(row: Row) -> Sample:
    return data.spoken(row, row["text"], PROMPT, unit="mixed", tags={"part": row["part"]})


benchmark = Benchmark(
    name="wenetspeech", version="1", title="WenetSpeech, test", about=__doc__, audio="wav",
    data=data.chained("part", {
        part: data.hub(
            "lmms-lab-audio/WenetSpeech", split=part, revision=None,  # pinned by the first load
            columns={"audio": dict, "text": str},
        )
        for part in ("test_net", "test_meeting")
    }),
    to_sample=to_sample, score=speech_errors(), profile="mmeval", metric=error_rate(name="mer", by=["part"]),
    cluster=None, license=None, url="https://github.com/wenet-e2e/WenetSpeech",
    paper="https://arxiv.org/abs/2110.03370", rows=None, chance=None, tags=("audio", "speech", "transcription"),
)  # fmt: skip
