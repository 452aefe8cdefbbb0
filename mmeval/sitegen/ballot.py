"""The voting page of an arena: a folder that works from disk, in every language of the site."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmeval.arena.originals import original_samples
from mmeval.arena.pairs import Pair, Question, masked
from mmeval.arena.said import Said
from mmeval.arena.style import count_style
from mmeval.engine.options import Settings
from mmeval.media import save, thumbnail
from mmeval.sitegen.env import CSP, Renderer, languages, source_folder
from mmeval.sitegen.samples import Samples, load
from mmeval.sitegen.text import clean
from mmeval.store import SAMPLES, Run, StoredPart, samples_path, write_atomic
from mmeval.types import Image, Media

__all__ = ["Ballot", "write_ballot"]

ASSETS = ("style.css", "ballot.css", "theme.js", "mmeval.js", "ballot.js", "icon.svg")
SIDE = 1280
"""Longest side of a picture on the page, in pixels."""
LARGEST = 400_000
"""Largest picture file, in bytes."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """What was written."""

    folder: Path
    pairs: int
    masked: int
    """Replies in which a model's name was masked."""
    private: bool
    """Whether it holds questions whose licence forbids publishing them."""
    without: int
    """Pictures that are not on this machine."""


def write_ballot(
    pairs: Sequence[Pair], out: Path, *, settings: Settings, langs: Sequence[str] = ("en", "zh")
) -> Ballot:
    """Write the page, its data and its pictures; an older page in the folder is replaced."""
    made = _Maker(pairs, out, settings)
    entries = [made.entry(pair) for pair in pairs]
    ballot = {"id": _digest(entries), "pairs": entries}
    write_atomic(out / "ballot.json", json.dumps(ballot, ensure_ascii=False, sort_keys=True))
    # A page that is opened from disk may not fetch, so the data come as a script, too.
    data = json.dumps(ballot, ensure_ascii=True, sort_keys=True).replace("<", "\\u003c")
    write_atomic(out / "data" / "ballot.js", f'window.mmeval.put("ballot", {data});\n')
    for name in ASSETS:
        (out / "static").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source_folder() / "static" / name, out / "static" / name)
    folders = (source_folder(),)
    renderer = Renderer(folders=folders, languages=languages(langs, folders), title="mmeval", nav=())
    for place in renderer.places("index.html"):
        page = renderer.page("ballot.html", place, pairs=len(pairs), csp=f"{CSP}; connect-src 'self'")
        write_atomic(out / place.file, page)
    return Ballot(out, len(pairs), made.counts["masked"], bool(made.counts["private"]), made.counts["without"])


def _digest(entries: Sequence[Mapping[str, Any]]) -> str:
    text = json.dumps(entries, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


class _Maker:
    """Turns pairs into entries of the page's data, and writes their pictures."""

    def __init__(self, pairs: Sequence[Pair], out: Path, settings: Settings) -> None:
        self.counts: Counter[str] = Counter()
        self._results, self._out = settings.results, out
        self._whole = original_samples(pairs, settings)

    def entry(self, pair: Pair) -> dict[str, Any]:
        """One comparison as the page's script reads it."""
        question = pair.question
        names = (pair.first, pair.second)
        sides = [self._side(question.replies[name], name, names) for name in names]
        run = question.run
        file = samples_path(self._root(run), run.info)
        known = load(file)
        self.counts["private"] += not known.public
        return {
            "benchmark": run.info.spec.benchmark,
            "sample": question.sample,
            "category": list(question.category),
            "question": list(self._question(question, known, file.parent / "thumbs")),
            "sides": sides,
        }

    def _root(self, run: Run) -> Path:
        """The folder of results in which a run lies: it may have been given by its path. A baseline lies deeper."""
        root = run.path.resolve().parents[2]
        return root if (root / SAMPLES).is_dir() else self._results

    def _side(self, said: Said, model: str, names: Sequence[str]) -> dict[str, Any]:
        shown, found = masked(said.text, names)
        self.counts["masked"] += found
        made = [self._made(one) for one in said.made]
        return {
            "model": model,
            "text": clean(shown),
            "style": count_style(said.text),
            **({"made": made} if made else {}),
        }

    def _made(self, made: Media) -> dict[str, Any]:
        """What a model made, as `M.made` shows it: the whole file, and a small picture of an image."""
        (copy,) = save(self._out / "made", [made])
        assert copy.path is not None
        small = self._small(made) if isinstance(made, Image) else None
        size = {"width": made.width, "height": made.height}
        return {"kind": made.kind, "file": f"made/{copy.path.name}", "thumb": small, **size}

    def _question(self, question: Question, known: Samples, thumbs: Path) -> Iterator[dict[str, Any]]:
        stored = known.by_id.get(question.sample)
        whole = self._whole.get(question.key)
        images = [part for part in whole.prompt if isinstance(part, Image)] if whole else []
        for part in stored.prompt if stored else ():
            if part.kind == "text":
                yield {"text": clean(part.text or "")}
                continue
            original = next((image for image in images if image.sha256 == part.sha256), None)
            file = self._picture(part, original, thumbs)
            self.counts["without"] += file is None
            yield {"image": file} if file else {"missing": clean(part.source or part.kind)}

    def _picture(self, part: StoredPart, original: Image | None, thumbs: Path) -> str | None:
        """The file of a picture below the page's folder; None if it is not on this machine."""
        if original is not None:
            return self._small(original)
        name = f"media/{part.sha256}.webp"
        target, small = self._out / name, thumbs / f"{part.sha256}.webp"
        if not target.is_file() and part.sha256 and small.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(small, target)
        return name if target.is_file() else None

    def _small(self, image: Image) -> str:
        """The file of a picture, written anew: it has none of the original's metadata, which may name a model."""
        name = f"media/{image.sha256}.webp"
        if not (self._out / name).is_file():
            (self._out / "media").mkdir(parents=True, exist_ok=True)
            (self._out / name).write_bytes(thumbnail(image, side=SIDE, limit=LARGEST))
        return name
