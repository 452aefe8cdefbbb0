"""Transcripts: errors are summed over words, and jiwer agrees."""

import random
import time

import jiwer
import pytest

from mmeval.errors import UsageError
from mmeval.metrics import error_rate
from mmeval.metrics.missing import bounds
from mmeval.scorers import interval, relative_accuracy, speech_errors, word_choice
from mmeval.scorers.readers import transcripts
from mmeval.scorers.readers.speech import plain, units
from mmeval.types import Record, Reply, Sample

WORDS = ["it", "is", "a", "long", "way", "to", "the", "old", "town", "and", "back"]


def record(
    target: str, said: str, place: int = 0, unit: str = "word", cluster: str | None = None, profile: str = "mmeval"
) -> Record:
    tags = {"unit": unit, "units": str(len(units(target, unit))), "part": unit}
    sample = Sample(id=str(place), prompt=(), target=target, tags=tags)
    score = speech_errors().rule(profile)(sample, Reply(text=said, finish="stop"))
    return Record(id=str(place), epoch=1, status="ok", score=score, tags=tags, cluster=cluster)


def drawn(rng: random.Random) -> tuple[str, str]:
    """A sentence, and what a bad ear makes of it."""
    said = [word for word in rng.choices(WORDS, k=rng.randint(1, 12)) for _ in range(rng.choice((0, 1, 1, 1, 2)))]
    return " ".join(rng.choices(WORDS, k=rng.randint(1, 12))), " ".join(said)


@pytest.mark.parametrize("unit", ["word", "character"])
def test_errors_are_those_of_jiwer(unit: str):
    rng = random.Random(5)
    pairs = [drawn(rng) for _ in range(60)]
    found = error_rate().aggregate(record(*pair, n, unit) for n, pair in enumerate(pairs))["wer"]
    gold, said = (
        ["".join(text.split()) if unit == "character" else text for text in side] for side in zip(*pairs, strict=True)
    )
    assert found.value == pytest.approx((jiwer.cer if unit == "character" else jiwer.wer)(gold, said))
    assert 0 <= found.low < found.value < found.high


@pytest.mark.parametrize(
    ("text", "unit", "found"),
    [
        ("Hello, World!", "word", "hello world"),
        ("it's <|en|> 5 o'clock [noise] (laughs)", "word", "it s 5 o clock"),
        ("Ａ café", "word", "a café"),
        ("今天 很冷。", "character", "今 天 很 冷"),
        ("我用 Python3，写", "mixed", "我 用 python3 写"),
        ("<" * 50_000, "word", ""),
    ],
)
def test_what_is_compared(text: str, unit: str, found: str):
    assert " ".join(units(text, unit)) == found


LINES = [
    "Mr. Smith's colour TV cost $20 million on the 3rd of May, didn't it?", "uh, I'm gonna [laughs] analyse twenty-one (21) aeroplanes",
    "one oh one Ünïcode cafés at 10% of 1,234.5", "He won't", "[open bracket", "she 's  there",
]  # fmt: skip


def test_whispers_normaliser_is_that_of_transformers():
    import json
    from importlib.resources import files

    from transformers.models.whisper.english_normalizer import BasicTextNormalizer, EnglishTextNormalizer

    spelling = json.loads(files("whisper_normalizer").joinpath("normalizers/english.json").read_text())
    english, basic = EnglishTextNormalizer(spelling), BasicTextNormalizer()
    for line in LINES:
        assert transcripts.whisper(line, english=True, characters=False) == english(line).split()
        assert transcripts.whisper(line, english=False, characters=False) == basic(line).split()
    assert transcripts.whisper("今天 很冷。", english=False, characters=True) == list("今天很冷")
    rates = [
        record(gold, said, n, profile="whisper") for n, (gold, said) in enumerate(zip(LINES, LINES[::-1], strict=True))
    ]
    gold, said = [english(line) for line in LINES], [english(line) for line in LINES[::-1]]
    assert error_rate().aggregate(iter(rates))["wer"].value == pytest.approx(jiwer.wer(gold, said))


@pytest.mark.parametrize("noise", ["<", "(", "[ ", "x ", "1,", "<>", "' "])
def test_a_hostile_reply_is_read_at_once(noise: str):
    begin = time.process_time()
    transcripts.whisper(noise * 50_000, english=True, characters=False)
    assert time.process_time() - begin < 5


def test_the_profile_names_the_package_that_it_needs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transcripts, "RELEASE", "9")
    with pytest.raises(UsageError, match=r"needs whisper-normalizer 9, there is 0\.1\.15: pip install"):
        speech_errors().rule("whisper")


def test_a_reply_can_have_more_errors_than_words():
    one, two = record("no", "no no no no", 1), record("it is so", "it is so", 2)
    assert (one.score.value, one.score.answer) == (1.0, "3/1: no no no no")
    found = error_rate(by=["part"]).aggregate(iter([one, two]))
    assert found["wer"].value == found["wer/part=word"].value == 3 / 4
    assert error_rate().aggregate(iter([one]))["wer"].value == 3.0


def test_a_missing_reply_lies_between_no_error_and_no_word():
    missing = Record(id="9", epoch=1, status="error", score=None, tags={"units": "4", "unit": "word"})
    worst, best = bounds(error_rate(), [record("a b c d", "a b c x"), missing])
    assert (worst.value, best.value) == (5 / 8, 1 / 8)


def test_words_and_characters_are_not_added_up():
    records = [record("one two", "one"), record("一二三四", "一二三", 1, "character")]
    assert error_rate(macro="part").aggregate(iter(records))["wer"].value == pytest.approx((1 / 2 + 1 / 4) / 2)
    assert plain("A-B") == "a b"


@pytest.mark.parametrize(
    ("scorer", "profile", "target", "choices", "reply", "value"),
    [
        (interval(), "mmeval", [2.0, 6.0], (), "It starts at 1:00? No: from 00:03 to 00:05.", 0.5),
        (interval(), "mmeval", [2.0, 6.0], (), "6 - 2", 1.0),
        (interval(), "mmeval", [2.0, 6.0], (), "at 3 seconds", 0.0),
        (relative_accuracy(), "official", "10", (), "10.", 1.0),
        (relative_accuracy(), "official", "10", (), "about 10", 0.0),
        (relative_accuracy(), "mmeval", "10", (), "about 11.9 metres", 0.7),
        (relative_accuracy(), "mmeval", "10", (), "nothing to see", 0.0),
        (word_choice(), "official", "a low horn", ("a bell", "a low horn", "rain"), "It is a low horn", 1.0),
        (word_choice(), "official", "a low horn", ("a bell", "a low horn", "rain"), "a low horn, not rain", 0.0),
        (word_choice(), "official", "a low horn", ("a bell", "a low horn", "rain"), "B", 0.0),
        (word_choice(), "mmeval", "a low horn", ("a bell", "a low horn", "rain"), "B", 1.0),
    ],
)
def test_spans_numbers_and_words(scorer, profile, target, choices, reply, value):
    sample = Sample(id="1", prompt=(), target=target, choices=choices)
    assert scorer.rule(profile)(sample, Reply(text=reply, finish="stop")).value == pytest.approx(value)
