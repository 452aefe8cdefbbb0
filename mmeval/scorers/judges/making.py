"""Judges of what a model made: they look at the image or at frames of the film, or listen to the sound.

A judge is asked about one fact at a time, and never for an overall impression. Its questions belong to the sample, so
the digest of the rule and the benchmark's data identify what was asked.
"""

from __future__ import annotations

import array
import io
import math
import re
import wave
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mmeval.errors import ScoreError
from mmeval.sampling import audio_policy, video_policy
from mmeval.scorers import targets
from mmeval.scorers.base import Scorer
from mmeval.scorers.identity import describe, joined
from mmeval.scorers.readers import thinking
from mmeval.scorers.readers.digits import without_digits
from mmeval.scorers.readers.speech import units
from mmeval.scorers.rules.speech import compared
from mmeval.scorers.rules.text import levenshtein
from mmeval.types import Audio, Media, Part, Prompt, Reply, Request, Sample, Score, Text, Video

__all__ = ["questions_about", "spoken", "vqa_score", "written"]

FRAMES = "frames=8"
"""How a judge is shown a film."""
SOUND = "rate=16000"
"""How a judge is given a sound: what models that write down speech take, and the same for each of them."""
SILENCE = 32
"""Of 32768: -60 dB."""
LONGEST = 2000
"""Characters of a judge's answer that are read."""
YES_NO = "Answer with yes or no."
NUMBER = "Answer with a number."
_WORD = re.compile(r"\b(yes|no)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,4}")
NUMBERS = {"none": 0, "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
          "nine": 9, "ten": 10}  # fmt: skip
Answers = Sequence[bool]
Combine = Callable[[Answers, Sample], float]


def seen(reply: Reply) -> Part:
    """What was made, as a judge is shown it."""
    made: Any = reply.media[0]
    if isinstance(made, Audio):
        return replace(made, policy=audio_policy(SOUND))
    return replace(made, policy=video_policy(FRAMES)) if isinstance(made, Video) else made


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """A rule that asks a judge the questions of a sample, one by one.

    The target is `{"questions": [{"ask": ..., "answer": "yes", "needs": [...]}, ...]}`. An answer is `yes`, `no` or a
    number, as digits or as a word; `needs` has the places, from 0, of questions that must be right before this one is
    asked.
    """

    name: str
    combine: Combine
    """Makes the value from the questions that are answered as they should be."""

    @property
    def stages(self) -> tuple[Any, ...]:
        """The functions that decide the value."""
        return (self.combine, answered)

    @property
    def digest(self) -> str:
        """sha256 of how questions are asked and put together, hexadecimal."""
        return joined([self.name, YES_NO, NUMBER, FRAMES, *map(describe, self.stages)])

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Request | Score:
        """The first question."""
        return self._next(sample, reply, [])

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Request | Score:
        """The next question, or the score; raises ScoreError for an answer that is none."""
        return self._next(sample, reply, list(verdicts))

    def _next(self, sample: Sample, reply: Reply, verdicts: list[Reply]) -> Prompt | Score:
        asked = questions_of(sample)
        found: list[bool] = []
        for place, question in enumerate(asked):
            needs = question.get("needs", ())
            if any(need < place and not found[need] for need in needs):
                found.append(False)  # what is not there has no colour; nobody is asked
            elif verdicts:
                found.append(answered(verdicts.pop(0).text, str(question["answer"])))
            else:
                closing = YES_NO if str(question["answer"]).lower() in ("yes", "no") else NUMBER
                return (seen(reply), Text(f"{question['ask']} {closing}"))
        return self._score(asked, found, sample)

    def _score(self, asked: Sequence[Mapping[str, Any]], found: Answers, sample: Sample) -> Score:
        wrong = [str(question["ask"]) for question, right in zip(asked, found, strict=True) if not right]
        return Score(
            value=self.combine(found, sample),
            answer=f"{sum(found)} of {len(found)}",
            rule=f"judge:{self.name}",
            note=f"not so: {' / '.join(wrong)}"[:400] if wrong else "everything is as asked",
        )


def questions_of(sample: Sample) -> Sequence[Mapping[str, Any]]:
    """The questions of a sample; raises ScoreError if it has none."""
    target = sample.target
    if not isinstance(target, dict) or not target.get("questions"):
        raise ScoreError("the sample has no questions for the judge")
    return list(target["questions"])


def answered(text: str, wanted: str) -> bool:
    """Whether a judge's answer is the one that is wanted; raises ScoreError if it is none."""
    said = thinking.split(text).answer[:LONGEST]
    if wanted.lower() in ("yes", "no"):
        words = {match[1].lower() for match in _WORD.finditer(said)}
        if len(words) != 1:
            raise ScoreError(f"{said[:60]!r} is neither yes nor no")
        return words.pop() == wanted.lower()
    numbers = {int(found) for found in _NUMBER.findall(said)} or {
        NUMBERS[word] for word in re.findall(r"[a-z]+", said.lower()) if word in NUMBERS
    }
    if len(numbers) != 1:
        raise ScoreError(f"{said[:60]!r} is not a number")
    return numbers.pop() == number(wanted)


def number(answer: str) -> int:
    """The number that an answer is, as digits or as a word up to ten."""
    return NUMBERS[answer.lower()] if answer.lower() in NUMBERS else int(answer)


def every(found: Answers, sample: Sample) -> float:
    """1 if everything is as asked (GenEval)."""
    del sample
    return float(all(found))


def share(found: Answers, sample: Sample) -> float:
    """The share of the questions that are answered as they should be; what depends on a wrong one is wrong (DSG)."""
    del sample
    return sum(found) / len(found)


def every_and_share() -> dict[str, Questions]:
    """The rules `all` and `share`."""
    return {name: Questions(name=name, combine=combine) for name, combine in (("share", share), ("all", every))}


def questions_about() -> Scorer:
    """A vision model answers the sample's questions about what was made, as in GenEval, DPG-Bench and TIFA.

    `mmeval` and `share` give the share of the questions that are answered as they should be, where a question whose
    premise fails counts as wrong (Cho et al., Davidsonian Scene Graph, ICLR 2024). `all` needs every one (Ghosh et al.,
    GenEval, NeurIPS 2023).
    """
    rules = every_and_share()
    return Scorer(name="questions_about", version=1, rules={"mmeval": rules["share"], **rules})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A rule that asks a judge to score texts against what was made, and makes a value of the scores."""

    name: str
    ask: Callable[[Sample], str]
    """The question that stands beside the media."""
    choices: Callable[[Sample], tuple[str, ...]]
    value: Callable[[Sequence[float]], float]

    @property
    def stages(self) -> tuple[Any, ...]:
        """The functions that decide the value."""
        return (self.ask, self.choices, self.value)

    @property
    def digest(self) -> str:
        """sha256 of what is asked and how the value is made, hexadecimal."""
        return joined([self.name, FRAMES, *map(describe, self.stages)])

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Request | Score:
        """The one request."""
        return Request(prompt=(seen(reply), Text(self.ask(sample))), want="choice", choices=self.choices(sample))

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Request | Score:
        """The score; raises ScoreError if the judge gave another number of scores."""
        scores = verdicts[-1].scores
        if len(scores) != len(self.choices(sample)):
            raise ScoreError(f"the judge gave {len(scores)} scores")
        value = self.value(scores)
        return Score(value=value, answer=f"{value:.4f}", rule=f"judge:{self.name}", note=f"scores {scores}"[:200])


def asked_for(sample: Sample) -> str:
    """The prompt that the model was given."""
    return " ".join(part.text for part in sample.prompt if isinstance(part, Text)).strip()


def _figure(sample: Sample) -> str:
    return f'Does this figure show "{asked_for(sample)}"? Please answer yes or no.'


def _yes_no(sample: Sample) -> tuple[str, ...]:
    del sample
    return ("Yes", "No")


def probability(scores: Sequence[float]) -> float:
    """Of the first option, from summed log-probabilities of two."""
    return 1 / (1 + math.exp(min(700.0, scores[1] - scores[0])))


def vqa_score() -> Scorer:
    """How likely a vision model finds "Yes" to `Does this figure show "PROMPT"?` (Lin et al., VQAScore, ECCV 2024).

    The judge must score options by likelihood (`transformers/`, `vllm/`). It is the probability of "Yes" against "No".
    """
    rule = Scored(name="vqa_score", ask=_figure, choices=_yes_no, value=probability)
    return Scorer(name="vqa_score", version=1, rules={"mmeval": rule})


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcribed:
    """A rule that lets a judge write down the text that was made, and compares it with the target."""

    name: str
    ask: str
    compare: Callable[[str, Sample], Score]
    shown: str = FRAMES
    """How a judge is given what was made."""

    @property
    def stages(self) -> tuple[Any, ...]:
        """The function that compares."""
        return (self.compare,)

    @property
    def digest(self) -> str:
        """sha256 of what is asked, hexadecimal."""
        return joined([self.name, self.ask, self.shown, *map(describe, self.stages)])

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Request | Score:
        """The one request."""
        if isinstance(reply.media[0], Audio) and silent(reply.media[0]):  # some judges hear words in silence
            return replace(self.compare("", sample), note="silence; the judge was not asked")
        return (seen(reply), Text(self.ask))

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Request | Score:
        """The score of what the judge has read or heard."""
        del reply
        return self.compare(thinking.split(verdicts[-1].text).answer, sample)


def silent(sound: Media) -> bool:
    """Whether a WAV file has no sample of more than -60 dB. Files of other kinds are not opened."""
    if sound.mime != "audio/wav":
        return False
    try:
        with wave.open(io.BytesIO(sound.read())) as file:
            if file.getsampwidth() != 2:
                return False
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError):
        return False
    samples = array.array("h", data[: len(data) // 2 * 2])
    return max(map(abs, samples), default=0) <= SILENCE


def _errors(said: str, sample: Sample) -> Score:
    unit = sample.tags.get("unit", "word")
    wanted, heard = (units(without_digits(text), unit) for text in (targets.plain(sample.target), said))
    score = compared(wanted, heard, unit)
    return replace(score, note=score.answer or "")


def _similar(said: str, sample: Sample) -> Score:
    wanted, read = (" ".join(text.split()) for text in (targets.plain(sample.target), said[:LONGEST]))
    longest = max(len(wanted), len(read))
    value = 1 - levenshtein(wanted, read) / longest if longest else 1.0
    return Score(value=value, answer=read[:400] or "no text", rule="judge:written", note=f"target {wanted[:200]}")


SPOKEN = "Write down what is said, word for word. Reply with the words alone."
WRITTEN = "Write down all text in the picture exactly as it is written, and nothing else. Reply NONE if there is none."


def spoken() -> Scorer:
    """A model that hears writes speech down; the value is the error rate against the text that was to be said.

    Units as in `speech_errors`, with whole numbers in words, since nobody hears digits. The metric is `error_rate`.
    """
    rule = Transcribed(name="spoken", ask=SPOKEN, compare=_errors, shown=SOUND)
    return Scorer(name="spoken", version=2, rules={"mmeval": rule})


def written() -> Scorer:
    """A vision model writes down the text of a picture; the value is 1 - edits / the length of the longer text."""
    rule = Transcribed(name="written", ask=WRITTEN, compare=_similar)
    return Scorer(name="written", version=1, rules={"mmeval": rule})
