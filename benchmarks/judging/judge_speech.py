"""Recorded sentences, some with one mistake: does the model write down what is said?

As in `say_sentences`, it writes down the words that it hears. Half of the recordings do not say their sentence: a word
was left out, said twice, replaced, or swapped with the next one. A model that corrects what it hears does not hear
mistakes. `wer` is its own error rate on the other half, so much is wrong where nothing is wrong with the speech.

The recordings are telephone prompts by Allison Smith for Asterisk (CC BY-SA 3.0). The mistakes were cut into them here.
"""

from dataclasses import replace

from mmeval.judging.slices import benchmark_of

benchmark = replace(
    benchmark_of("judge_speech", title="Judging speech", about=__doc__, each=16), license="CC-BY-SA-3.0",
    url="https://packages.debian.org/stable/asterisk-core-sounds-en-wav", tags=("judging", "speech"),
)  # fmt: skip
