"""Exam questions that are only spoken, options and all: OpenBookQA and twelve fields of MMSU, without a text.

The headline is the mean over the two parts. The other parts of VoiceBench need a judge or a policy of refusals and are
left out. The authors read letters by a long list of phrases; the default is our own reading.
"""

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import accuracy
from mmeval.scorers import choice

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
    to_sample=to_sample, score=choice(), profile="mmeval", metric=accuracy(macro="part", by=["field"]), cluster="sound",
    license="Apache-2.0", url="https://github.com/MatthewCYM/VoiceBench", paper="https://arxiv.org/abs/2410.17196",
    rows=None, chance=0.25, tags=("audio", "speech", "multiple-choice"),
)  # fmt: skip
