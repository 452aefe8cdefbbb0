"""Exam questions that are only spoken, options and all: OpenBookQA and twelve fields of MMSU, without a text.

The headline is the mean over the two parts. The other parts of VoiceBench need a judge or a policy of refusals and are
left out. The authors look for 160 phrases around a letter, the first of which decides, and draw a letter where none
occurs; that list is not here. The default is our own reading.
"""

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import accuracy
from mmeval.scorers import choice

OFFICIAL = "the authors' list of 160 phrases is not included, and their rule draws a letter where none occurs"
FIELDS = (
    "biology", "business", "chemistry", "economics", "engineering", "health", "history", "law", "other", "philosophy",
    "physics", "psychology",
)  # fmt: skip
PARTS = {"openbookqa": ("openbookqa", "test"), **{field: ("mmsu", field) for field in FIELDS}}


def to_sample(row: Row) -> Sample:
    clip = data.recording(row)
    return Sample(
        id=f"{row['field']}-{row['row']}",
        prompt=(clip,),
        target=row["reference"],
        cluster=clip.sha256[:16],
        tags={"part": PARTS[row["field"]][0], "field": row["field"]},
    )


benchmark = Benchmark(
    name="voicebench", version="1", title="VoiceBench, exam questions", about=__doc__, audio="wav",
    data=data.chained("field", {
        field: data.hub(
            "lmms-lab-audio/voicebench", config=config, split=split, revision=None,  # pinned by the first load
            columns={"audio": dict, "reference": str},
        )
        for field, (config, split) in PARTS.items()
    }),
    to_sample=to_sample, score=choice(refused=OFFICIAL), profile="mmeval",
    metric=accuracy(macro="part", by=["field"]), cluster="sound",
    license="Apache-2.0", url="https://github.com/MatthewCYM/VoiceBench", paper="https://arxiv.org/abs/2410.17196",
    rows=None, chance=0.25, tags=("audio", "speech", "multiple-choice"),
)  # fmt: skip
