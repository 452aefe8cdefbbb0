"""Points in cluttered rooms: on one object told by its place (location), or in a free space (placement).

The score of a row is the share of the given points that lie in its mask; points outside the picture are misses. The
prompt leaves out the data set's suffix, which asks for fractions, so that each model answers in the coordinates that it
declares. The third split, unseen, is only for models that were trained on RefSpatial, and is left out.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.media import runs
from mmeval.metrics import accuracy
from mmeval.scorers import points

ASK = "Output the point coordinates in JSON format."


def to_sample(row: Row) -> Sample:
    image, mask = data.picture(row), runs(data.picture(row, "mask"))
    width, height = data.size(image)
    return Sample(
        id=f"{row['split']}-{row['id']}",
        prompt=prompts.question_first(f"{row['prompt']} {ASK}", images=[image]),
        target={"mask": mask, "width": width, "height": height},
        cluster=image.sha256[:16],
        tags={"category": row["split"], **data.tags(row, "step")},
    )


benchmark = Benchmark(
    name="refspatial", version="1", title="RefSpatial-Bench", about=__doc__,
    data=data.chained("split", {  # pinned by the first load
        split: data.hub("BAAI/RefSpatial-Bench", split=split, revision=None, columns={
            "id": int, "prompt": str, "step": int, "image": dict, "mask": dict,
        })
        for split in ("location", "placement")
    }),
    to_sample=to_sample, score=points(), profile="official", metric=accuracy(by=["step"], macro="category"),
    cluster="image", license="Apache-2.0", url="https://zhoues.github.io/RoboRefer",
    paper="https://arxiv.org/abs/2506.04308", rows=200, chance=None, tags=("grounding", "spatial", "points"),
)  # fmt: skip
