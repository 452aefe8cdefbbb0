"""Pairs of pictures for one prompt as in `judge_objects`: is the one that shows it more similar to the prompt?

The rule of CLIPScore, and of `t2i_compbench` with `--profile cosine`: the cosine of picture and prompt, by a model
`similarity/...` with `cosine=true`. The score is the share of pairs in which the picture that shows the prompt has the
higher one. A model that finds everything equally similar gets 50.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of(
    "judge_objects_clip_score", title="Judging objects, by CLIPScore", about=__doc__, each=20, seed=31
)
