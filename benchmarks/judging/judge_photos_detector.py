"""The pictures of `judge_photos` for a detector: does what it finds bear out what was asked?

As in `geneval` with `--profile detector`. The model lists the objects with their boxes and scores, and the colour of
cups. It is right about a picture if the rule comes to the verdict that is known. Only models such as
`detector/facebook/mask2former-swin-small-coco-instance` can answer.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of(
    "judge_photos_detector", title="Judging photographs, by a detector", about=__doc__, each=16, seed=41
)
