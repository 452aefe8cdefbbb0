"""The pictures and questions of `judge_objects`: which of the possible answers does the model find most likely?

As in `t2i_compbench` with `--profile product`: the chance of the right answer among yes and no, or among the numbers up
to ten. The score is the area under the ROC curve: how often a picture that shows what was asked for gets a higher
chance than one that does not. A model that finds everything equally likely gets 50.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of(
    "judge_objects_product", title="Judging objects, by likelihood among answers", about=__doc__, each=20, seed=31
)
