"""The pictures of `judge_objects`: how likely does the model find "Yes" when asked whether the prompt is shown?

VQAScore asks about the whole prompt. The score is the area under the ROC curve: how often a picture that shows its
prompt gets a higher chance than one that does not. A model that finds everything equally likely gets 50.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of(
    "judge_objects_vqa_score", title="Judging objects, by VQAScore", about=__doc__, each=20, seed=31
)
