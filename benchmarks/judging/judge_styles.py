"""Pairs of films for one style: does the one that has it get the higher value?

The rule of `vbench_style`: the mean cosine of each frame with the name of the style, by a model `similarity/...` with
`cosine=true`. The other film of a pair shows the same without a style. The styles are black and white and pixel art: of
the nine that `vbench_style` asks for, those that a program can give to a drawing. A model that does not tell them apart
gets 50.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of("judge_styles", title="Judging styles of films", about=__doc__, each=20, seed=39)
