"""Twenty tasks of 200 short clips each that a single frame does not solve.

The clips are those of the data set's branch `video`, where each is cut out already. The authors show 16 frames and let
the assistant's turn begin with "Best option:(", which no API allows; the prompt ends before it. Their rule compares the
first token of the reply with "(a)" by parts, and so counts an empty reply as right; the default is our own reading.
A film that is not there makes its own questions invalid input, and no other.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import token_choice
from mmeval.types import Text

CLEVRER, STAR, TEST = "clevrer/video_validation", "star/Charades_segment", "perception/videos"
FOLDERS = {
    "action_antonym": "ssv2_video_mp4", "action_count": TEST, "action_localization": "sta/sta_video_segment",
    "action_prediction": STAR, "action_sequence": STAR, "character_order": TEST, "counterfactual_inference": CLEVRER,
    "egocentric_navigation": "vlnqa", "episodic_reasoning": "tvqa/video_fps3_hq_segment",
    "fine_grained_action": "Moments_in_Time_Raw/videos", "fine_grained_pose": "nturgbd_convert",
    "moving_attribute": CLEVRER, "moving_count": CLEVRER, "moving_direction": CLEVRER, "object_existence": CLEVRER,
    "object_interaction": STAR, "object_shuffle": TEST, "scene_transition": "scene_qa/video", "state_change": TEST,
    "unexpected_action": "FunQA_test/test",
}  # fmt: skip


def to_sample(row: Row) -> Sample:
    options = [str(option) for option in row["candidates"]]
    lines = prompts.lettered(options, "({letter}) {text}")
    text = f"Question: {row['question']}\nOptions:\n{lines}\nOnly give the best option."
    name = f"{FOLDERS[row['task']]}/{row['video']}"
    return Sample(
        id=f"{row['task']}-{row['row']}",
        prompt=(data.film(row, name), Text(text)),
        target=row["answer"],
        choices=tuple(options),
        cluster=name,
        tags={"task": row["task"]},
    )


benchmark = Benchmark(
    name="mvbench", version="1", title="MVBench", about=__doc__, video="frames=16", system=prompts.MVBENCH,
    data=data.chained("task", {
        task: data.unpacked(
            data.hub(
                "OpenGVLab/MVBench", config=task, split="train",
                revision="a776e554280b99b70f00cc3eacd69a65e0727efc",  # of the branch `video`
                columns={"video": str, "question": str, "candidates": list, "answer": str},
            ),
            "*/*.*",
        )
        for task in FOLDERS
    }),
    to_sample=to_sample, score=token_choice(), profile="mmeval", metric=accuracy(macro="task", by=()), cluster="film",
    license="MIT", url="https://huggingface.co/datasets/OpenGVLab/MVBench", paper="https://arxiv.org/abs/2311.17005",
    rows=4_000, chance=None, tags=("video", "multiple-choice"),
)  # fmt: skip
