"""The pictures and questions of `judge_objects`: how likely does the model find the right answer?

As in `geneval2`, the model is not asked to answer, but how likely the answer is that was asked for. The score is the
area under the ROC curve: how often a picture that shows what was asked for gets a higher chance than one that does not.
An answer that is more likely than all others together is the verdict. A model that finds everything equally likely gets
50.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of(
    "judge_objects_soft_tifa", title="Judging objects, by likelihood", about=__doc__, each=20, seed=31
)
