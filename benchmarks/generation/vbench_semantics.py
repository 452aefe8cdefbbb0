"""Films of objects, colours, places, scenes and actions: does the film show what was asked?

Six dimensions of VBench. The authors let a detector (GRiT), a captioner (Tag2Text) and an action classifier (UMT) look
at 16 frames, count single frames, and leave out films in which the object of a colour is not found; their check of
places tells neither left from right nor top from bottom. Here a vision model sees 8 frames and answers a question for
each fact; the profile `all`, the default, needs every one. State the judge with the number. The published score is the
mean over five films for each prompt: add `--epochs 5`.
"""

from mmeval import Benchmark, Row, Sample, Text, data
from mmeval.metrics import accuracy
from mmeval.scorers import questions_about

KINDS = ("object_class", "multiple_objects", "color", "spatial_relationship", "scene", "human_action")


def there(thing: str) -> str:
    return f"Is there at least one {thing} in the film?"


def facts(kind: str, row: Row) -> list[str]:
    prompt, known = row["prompt_en"], row["auxiliary_info"][kind] if kind != "human_action" else {}
    if "object" in known:
        return [there(thing) for thing in known["object"].split(" and ")]
    if kind == "color":
        thing = " ".join(word for word in prompt.split() if word not in ("a", "an", known["color"]))
        return [there(thing), f"Is the {thing} {known['color']}?"]
    if kind == "spatial_relationship":
        one, where, other = (known[kind][key] for key in ("object_a", "relationship", "object_b"))
        return [there(one), there(other), f"Is the {one} {where} the {other}?"]
    if kind == "scene":
        return [f"Is this scene in the film: {known['scene']['scene']}?"]
    return [f"Does the film show that {prompt[0].lower()}{prompt[1:]}?"]


def to_sample(row: Row) -> Sample | None:
    kind = next((kind for kind in row["dimension"] if kind in KINDS), None)
    if kind is None:
        return None
    asked = [{"ask": ask, "answer": "yes", "needs": list(range(n))} for n, ask in enumerate(facts(kind, row))]
    return Sample(
        id=str(row["row"]), prompt=(Text(row["prompt_en"]),), target={"questions": asked},
        cluster=row["prompt_en"], tags={"category": kind},
    )  # fmt: skip


benchmark = Benchmark(
    name="vbench_semantics", version="1", title="VBench, semantics", about=__doc__, want="video", temperature=None,
    data=data.supplied(
        "vbench", file="VBench_full_info.json",
        how="copy vbench/VBench_full_info.json of https://github.com/Vchitect/VBench there",
        columns={"prompt_en": str, "dimension": list},
    ),
    to_sample=to_sample, score=questions_about(), profile="all", metric=accuracy(macro="category"),
    cluster="prompt", license="Apache-2.0", url="https://github.com/Vchitect/VBench",
    paper="https://arxiv.org/abs/2311.17982", rows=516, chance=0.0, labels="user-supplied",
    judge_slice="judge_films", tags=("makes video", "judge"),
)  # fmt: skip
