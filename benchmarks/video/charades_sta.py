"""When does it happen? The seconds in which a described action takes place, in films of half a minute.

The headline is the mean overlap (intersection over union); the recall at overlaps of 0.3, 0.5 and 0.7 stands beside
it. As pictures, a model sees no time: so each frame has its second written before it. State the policy with every
number. The prompt is that of lmms-eval; the authors take an interval, and publish nothing that reads it from a reply.
The default reads the interval that a reply gives, in seconds or as clocks.
"""

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics.groups import Share, at_least, grouped, mean
from mmeval.scorers import interval
from mmeval.scorers.targets import as_list
from mmeval.types import Text

OPENING = (
    "Please find the visual event described by a sentence in the video, determining its starting and ending times. The "
    "format should be: 'The event happens in the start time - end time'. For example, The event 'person turn a light "
    "on' happens in the 24.3 - 30.4 seonds. Now I will give you the textual sentence: "
)
CLOSING = "Please return its start time and end time."


def to_sample(row: Row) -> Sample:
    span = as_list(row["timestamp"]) if isinstance(row["timestamp"], str) else row["timestamp"]
    return Sample(
        id=str(row["row"]),
        prompt=(data.film(row, f"Charades_v1_480/{row['video']}"), Text(f"{OPENING}{row['caption']}. {CLOSING}")),
        target=[float(second) for second in span or ()],
        cluster=row["video"],
    )


benchmark = Benchmark(
    name="charades_sta", version="1", title="Charades-STA", about=__doc__, video="fps=2,max=128,stamps=on",
    data=data.unpacked(
        data.hub(
            "lmms-lab/charades_sta", split="test", revision=None,  # pinned by the first load
            columns={"video": str, "caption": str, "timestamp": list | str},
        ),
        "Charades_v1_480_part_*.zip",
    ),
    to_sample=to_sample, score=interval(), profile="mmeval",
    metric=grouped(
        name="miou", headline="overlap", by=(),
        parts={
            "overlap": Share(value=mean()),
            **{f"recall@{level}": Share(value=at_least(level)) for level in (0.3, 0.5, 0.7)},
        },
        about="Mean overlap of the interval given and the true one.",
    ),
    cluster="film", license=None, url="https://github.com/jiyanggao/TALL", paper="https://arxiv.org/abs/1705.02101",
    rows=None, chance=None, tags=("video", "grounding", "open"),
)  # fmt: skip
