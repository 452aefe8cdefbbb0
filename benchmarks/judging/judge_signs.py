"""Signs with the text that was asked for, or with one mistake in it: does the model read what is written?

As in `write_signs`, it writes down the text of the picture. It is right about a sign with a mistake if what it writes
is not the text that was asked for. A model that corrects what it reads does not see mistakes.
"""

from mmeval.judging.slices import benchmark_of

benchmark = benchmark_of("judge_signs", title="Judging signs", about=__doc__, each=16, seed=33)
