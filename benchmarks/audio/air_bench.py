"""Speech, sounds and music: 19 tasks of recognition, the foundation part of AIR-Bench.

Questions have two to four options, and only those are shown (lmms-eval prints "C. None"). The authors let a GPT-3.5
behind their own gateway match each reply to an option, half of the time at temperature 2, and pick one at random where
none fits; nobody else can run that. The default is our own reading.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice

OFFICIAL = "the authors' rule asks GPT-3.5 through a gateway of their own, and picks an option at random if none fits"
CLOSING = "Answer with the option's letter from the given choices directly."


def to_sample(row: Row) -> Sample:
    clip = data.recording(row)
    options = [text for letter in "abcd" if (text := data.present(row.get(f"choice_{letter}"))) is not None]
    return Sample(
        id=f"{row['part']}-{row['uniq_id']}",
        prompt=prompts.multiple_choice(row["question"], options, CLOSING, images=[clip]),
        target=row["answer_gt"],
        choices=tuple(options),
        cluster=clip.sha256[:16],
        tags={"part": row["part"], **data.tags(row, "task_name")},
    )


benchmark = Benchmark(
    name="air_bench", version="1", title="AIR-Bench, foundation", about=__doc__, audio="wav",
    data=data.chained("part", {
        part: data.hub(
            "lmms-lab/AIR_Bench", config="Foundation", split=part, revision=None,  # pinned by the first load
            columns={
                "uniq_id": str | int, "audio": dict, "question": str, "choice_a": str, "choice_b": str,
                "answer_gt": str, "task_name": str,
            },
        )
        for part in ("speech", "sound", "music")
    }),
    to_sample=to_sample, score=choice(refused=OFFICIAL), profile="mmeval", metric=accuracy(by=["part", "task_name"]),
    cluster="sound", license="Apache-2.0", url="https://github.com/OFA-Sys/AIR-Bench", paper="https://arxiv.org/abs/2402.07729",
    rows=None, chance=None, tags=("audio", "multiple-choice"),
)  # fmt: skip
