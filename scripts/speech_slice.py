"""Make the recordings of judge_speech from Debian's recordings of Allison Smith.

    apt-get download asterisk-core-sounds-en asterisk-core-sounds-en-wav
    for file in *.deb; do dpkg -x $file DEBIAN; done
    pip install pocketsphinx==5.1.1
    python -m scripts.speech_slice DEBIAN

Chosen are recordings of 2 to 8 seconds whose transcript, with digits as words, has 5 to 16 words of letters alone, all
of them in the CMU Pronouncing Dictionary and none of DOUBTFUL. Each text is taken once; of these, the 64 recordings
whose names have the lowest SHA-256. PocketSphinx aligns the words with the sound, so that one can be left out, said
twice, replaced by a word of another recording, or swapped with the next one. A mistake is kept if the words that are
said then fit the sound clearly better than the transcript does.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import math
import random
import re
import sys
import wave
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import resample_poly

from mmeval.judging.speech import MISTAKES

OUT = Path(__file__).parent.parent / "benchmarks" / "judging" / "speech"
SOUNDS, TEXTS = (
    "usr/share/asterisk/sounds/en_US_f_Allison",
    "usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz",
)
COPYRIGHT = "usr/share/doc/asterisk-core-sounds-en-wav/copyright"
NOTICE = """\
The recordings in this folder are not under the licence of mmeval.

Asterisk Core Sounds, English. Copyright 2003-2010 Allison Smith, http://www.theivrvoice.com
Recorded for Asterisk, with financial contributions by Digium, Inc.
Source: https://downloads.asterisk.org/pub/telephony/asterisk/ by Debian's asterisk-core-sounds-en-wav
Licence: Creative Commons Attribution-ShareAlike 3.0, https://creativecommons.org/licenses/by-sa/3.0/

The original work has been modified: the recordings were compressed with Opus, and in each file *.wrong.ogg a word was
left out, doubled, replaced or swapped with the next one. Files *.right.ogg say what she said. The modified recordings
are under the same licence, whose text follows as it came with them.

"""
COUNT = 64
SECONDS, WORDS = (2.0, 8.0), (5, 16)
RATE = 8000
"""Samples per second of the recordings."""
FRAME = RATE // 100
"""Samples of one frame of PocketSphinx."""
FADE = RATE // 200
"""Samples over which two cuts run into each other."""
BIT_RATE = 20_000
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
DOUBTFUL = {"login", "blacklist", "playback", "voicemail"}
"""Words that are also written as two."""
OTHERWISE = {"pbx-invalidpark", "followme/pls-hold-while-try"}
"""Recordings that say "but" before "there" and "you're" for "you are": their transcripts do not."""
FRAMES = (15, 80)
"""Length of a word that can be left out, doubled, replaced or swapped."""
MARGIN = 25.0
"""By how much, in natural logarithms, what is said must fit better than the transcript."""
Sound = np.ndarray[Any, np.dtype[np.int16]]


@dataclass(frozen=True)
class Word:
    said: str
    start: int
    end: int

    @property
    def frames(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Spoken:
    """A recording, and where its words are."""

    name: str
    text: str
    sound: Sound
    words: Sequence[Word]

    def cut(self, first: int, last: int) -> Sound:
        """The sound of the words from `first` up to and without `last`, with what is between them."""
        return self.sound[self.edge(first) : self.edge(last)]

    def edge(self, place: int) -> int:
        """Where a word begins: the quietest moment near its border with the one before."""
        if place in (0, len(self.words)):
            return (self.words[0].start if place == 0 else self.words[-1].end) * FRAME
        border = (self.words[place - 1].end + self.words[place].start) // 2 * FRAME
        near = range(max(0, border - 3 * FRAME), min(len(self.sound) - FRAME, border + 3 * FRAME), FRAME // 4)
        return min(near, key=lambda at: float(np.square(self.sound[at : at + FRAME].astype(float)).sum())) + FRAME // 2


class Aligner:
    """PocketSphinx, which says where known words are in a sound, and how well they fit."""

    def __init__(self) -> None:
        from pocketsphinx import Decoder

        self._decoder = Decoder(lm=None, loglevel="FATAL")

    def knows(self, word: str) -> bool:
        return self._decoder.lookup_word(word) is not None

    def align(self, sound: Sound, said: Sequence[str]) -> tuple[float, list[Word]]:
        """The log-likelihood of the sound if these words are said, and their places; -inf if they cannot be."""
        self._decoder.set_align_text(" ".join(said))
        self._decoder.start_utt()
        self._decoder.process_raw(resampled(sound).tobytes(), full_utt=True)
        self._decoder.end_utt()
        if self._decoder.hyp() is None:
            return -math.inf, []
        segments = list(self._decoder.seg())
        words = [Word(one.word.split("(")[0], one.start_frame, one.end_frame + 1) for one in segments
                 if not one.word.startswith("<")]  # fmt: skip
        return sum(math.log(max(one.ascore, 1e-300)) for one in segments), words


def resampled(sound: Sound) -> Sound:
    return resample_poly(sound.astype(float), 2, 1).clip(-32768, 32767).astype("<i2")


def words_of(text: str) -> list[str]:
    return re.sub(r"[^a-z ]", " ", text.lower()).split()


def chosen(root: Path, aligner: Aligner) -> list[Spoken]:
    """The recordings that the rule chooses, with their words."""
    found: dict[tuple[str, ...], tuple[str, str, Sound]] = {}
    for name, text in transcripts(root):
        said = tuple(words_of(text))
        plain = re.fullmatch(r"[A-Za-z ,.!?:;]+", text) and WORDS[0] <= len(said) <= WORDS[1]
        if not plain or name in OTHERWISE or set(said) & DOUBTFUL or not all(map(aligner.knows, said)):
            continue
        sound = read(root / SOUNDS / f"{name}.wav")
        if SECONDS[0] <= len(sound) / RATE <= SECONDS[1]:
            found.setdefault(said, (name, text, sound))
    first = sorted(found.items(), key=lambda item: hashlib.sha256(item[1][0].encode()).hexdigest())[:COUNT]
    return [Spoken(*about, aligner.align(about[2], said)[1]) for said, about in first]


def transcripts(root: Path) -> Iterator[tuple[str, str]]:
    lines = gzip.decompress((root / TEXTS).read_bytes()).decode().splitlines()
    for line in sorted(lines):
        name, colon, text = line.partition(": ")
        text = " ".join(re.sub(r"\b[0-9]\b", lambda digit: DIGITS[int(digit[0])], text.replace("...", " ")).split())
        if colon and (root / SOUNDS / f"{name}.wav").is_file():
            yield name, text[:1].upper() + text[1:]


def read(path: Path) -> Sound:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def mistaken(one: Spoken, kind: str, others: Sequence[Spoken], aligner: Aligner) -> tuple[Sound, list[str]]:
    """The recording with a mistake of this kind, and the words that it says then; the first that is clearly heard."""
    rng = random.Random(f"{one.name} {kind}")
    places = [at for at, word in enumerate(one.words) if FRAMES[0] <= word.frames <= FRAMES[1]]
    for at in rng.sample(places, len(places)):
        for sound, said in edits(one, kind, at, others, rng):
            if said != words_of(one.text) and heard(sound, said, one, aligner):
                return sound, said
    raise SystemExit(f"{one.name}: no mistake of the kind {kind!r} can be heard")


def heard(sound: Sound, said: Sequence[str], one: Spoken, aligner: Aligner) -> bool:
    return aligner.align(sound, said)[0] - aligner.align(sound, words_of(one.text))[0] >= MARGIN


def edits(
    one: Spoken, kind: str, at: int, others: Sequence[Spoken], rng: random.Random
) -> Iterator[tuple[Sound, list[str]]]:
    """Recordings with a mistake at a word."""
    said = [word.said for word in one.words]
    before, this, after = one.sound[: one.edge(at)], one.cut(at, at + 1), one.sound[one.edge(at + 1) :]
    if kind == "a word left out":
        yield joined(before, after), said[:at] + said[at + 1 :]
    elif kind == "a word twice":
        yield joined(before, this, this, after), [*said[: at + 1], *said[at:]]
    elif kind == "two words swapped" and at + 1 < len(said):
        swapped = joined(before, one.cut(at + 1, at + 2), this, one.sound[one.edge(at + 2) :])
        yield swapped, [*said[:at], said[at + 1], said[at], *said[at + 2 :]]
    elif kind == "another word":
        for other in rng.sample(others, 8):
            for place in rng.sample(range(len(other.words)), len(other.words)):
                word = other.words[place]
                if FRAMES[0] <= word.frames <= FRAMES[1] and word.said not in said:
                    yield joined(before, other.cut(place, place + 1), after), [*said[:at], word.said, *said[at + 1 :]]
                    break


def joined(*parts: Sound) -> Sound:
    """Sounds one after the other, each running into the next."""
    made, ramp = np.zeros(0), np.linspace(0, 1, FADE)
    for part in (part.astype(float) for part in parts if len(part) > 2 * FADE):
        if len(made):
            made[-FADE:] = made[-FADE:] * (1 - ramp) + part[:FADE] * ramp
            part = part[FADE:]
        made = np.concatenate([made, part])
    return made.round().astype("<i2")


def opus(sound: Sound) -> bytes:
    """An Ogg file."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="ogg", options={"fflags": "bitexact"}) as made:
        stream = made.add_stream("libopus", rate=RATE, layout="mono", options={"application": "audio"})
        stream.bit_rate = BIT_RATE
        for start in range(0, len(sound), 160):
            block = av.AudioFrame.from_ndarray(sound[None, start : start + 160].copy(), format="s16", layout="mono")
            block.sample_rate, block.pts = RATE, start
            made.mux(stream.encode(block))
        made.mux(stream.encode(None))
    return out.getvalue()


def row(one: Spoken, label: str, kind: str, sound: Sound, said: Sequence[str]) -> Mapping[str, str]:
    """Write the file of an item; returns its line in the list."""
    name = f"{one.name.replace('/', '-')}.{label}.ogg"
    (OUT / name).write_bytes(opus(sound))
    digest = hashlib.sha256((OUT / name).read_bytes()).hexdigest()
    return {"file": name, "sha256": digest, "kind": kind, "label": label, "text": one.text, "says": " ".join(said)}


def licence(root: Path) -> str:
    """Who made the recordings, what was changed, and the licence that came with them."""
    text = (root / COPYRIGHT).read_text(encoding="utf-8")
    found = re.search(r"^License: CC-BY-SA-3\.0\n((?: .*\n)+)", text, re.MULTILINE)
    assert found is not None
    lines = ["" if line == " ." else line[1:] for line in found[1].splitlines()]
    return NOTICE + "\n".join(lines).rstrip() + "\n"


def main() -> None:
    aligner = Aligner()
    spoken = chosen(Path(sys.argv[1]), aligner)
    for old in OUT.glob("*.ogg"):
        old.unlink()
    rows = []
    for place, one in enumerate(spoken):
        kind = MISTAKES[place % len(MISTAKES)]
        rows.append(row(one, "right", kind, one.sound, words_of(one.text)))
        rows.append(row(one, "wrong", kind, *mistaken(one, kind, spoken, aligner)))
    lines = ",\n".join(json.dumps(one) for one in rows)
    (OUT / "LICENSE.txt").write_text(licence(Path(sys.argv[1])), encoding="utf-8")
    (OUT / "items.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
