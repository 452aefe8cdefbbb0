"""Read everything: text in scenes, documents and posts, and in ten languages (two of the four tracks of CC-OCR).

Words in any order, each as often as it occurs; characters for scripts without spaces. The headline is the mean of
the two tracks, each the mean of its sets, as published. Parsing of documents and extraction of key information, the
other two tracks, are left out.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics.groups import Share, grouped, mean
from mmeval.scorers import transcript

TRACKS = {"scenes": "multi_scene_ocr", "languages": "multi_lan_ocr"}


def unit(track: str, name: str) -> str:
    if name in ("Arabic", "Japanese", "Korean") or "zh" in name:
        return "characters"
    return "alphanumeric" if track == "multi_scene_ocr" else "words"


def to_sample(row: Row) -> Sample | None:
    track, name = row["category"], row["split"]
    if track not in TRACKS.values():
        return None
    image = data.picture(row)
    return Sample(
        id=str(row["index"]),
        prompt=prompts.question_first(row["question"].strip(), images=[image]),
        target=str(row["answer"]),
        cluster=data.seen([image]),
        tags={"track": track, "set": name, "unit": unit(track, name)},
    )


def of(track: str) -> Share:
    return Share(value=mean(), where=lambda tags: tags["track"] == track)


benchmark = Benchmark(
    name="ccocr", version="1", title="CC-OCR (text)", about=__doc__,
    data=data.vlmevalkit("CCOCR", md5="f8927b76510ffe04e59d45e3f8e8b620", columns={
        "index": str | int, "question": str, "answer": str | int | float, "category": str, "l2-category": str,
        "split": str, "image": dict,
    }),
    to_sample=to_sample, score=transcript(), profile="official",
    metric=grouped(
        name="f1", headline=dict.fromkeys(TRACKS, 0.5), unit=("set",), version=2,
        about="Mean of two tracks; F1 of words.", parts={name: of(track) for name, track in TRACKS.items()},
    ),
    cluster="image", license=None, url="https://github.com/AlibabaResearch/AdvancedLiterateMachinery",
    paper="https://arxiv.org/abs/2412.02210", rows=None, chance=0.0, tags=("ocr", "multilingual", "open"),
)  # fmt: skip
