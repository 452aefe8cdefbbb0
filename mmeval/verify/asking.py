"""Asks some samples again through the ordinary engine and compares the answers with the stored ones."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from mmeval.data import Variant
from mmeval.definitions import Options
from mmeval.engine.options import Settings
from mmeval.errors import MMEvalError
from mmeval.runner import Plan, Session, blocking, plan
from mmeval.store import UNMEASURED, Run, Spec, read_records
from mmeval.types import Record
from mmeval.verify.checks import Different, Unchecked
from mmeval.verify.definition import Known

__all__ = ["Asking"]

ALPHA = 0.01
"""A difference is called one if an unchanged model would show a larger one in fewer cases than this."""
FEWEST = 8
"""Answers with which the test can reach ALPHA at all: 2 * 0.5**8 < 0.01."""


@dataclass(slots=True)
class Asking:
    """Some samples of a run, asked again.

    Args:
        known: the run and its benchmark.
        wanted: number of samples, drawn at random.
        settings: budget, search path and the options that only the user may choose.
    """

    known: Known
    wanted: int
    settings: Settings
    asked: int = 0
    """Number of samples that were answered."""

    def check(self) -> str:
        """Ask and compare; raises Unchecked or Different."""
        if not self.known.run.files.journal.is_file():
            raise Unchecked("the stored replies are not here, so there is nothing to compare with")
        if self.known.job is None or self.known.data_fault:
            raise Unchecked(self.known.fault or self.known.data_fault)
        drawn = self._drawn()
        with tempfile.TemporaryDirectory(prefix="mmeval-verify-") as folder:
            planned = self._plan(Path(folder), drawn)
            answers, reason = self._answers(planned, drawn)
            self.asked = len(answers)
            if not answers:
                raise Unchecked(f"no sample was answered: {reason}")
            return _compared([(drawn[one.id], one) for one in answers], exact=_repeats(planned)) + _missing(
                len(answers), len(drawn), reason
            )

    def _drawn(self) -> dict[str, Record]:
        """One stored record of each drawn sample, of an epoch that is drawn as well."""
        run = self.known.run
        rows: dict[str, list[int]] = {}
        for row in run.scores():
            rows.setdefault(row.id, []).append(row.epoch)
        draw = random.SystemRandom()
        chosen = draw.sample(sorted(rows), min(self.wanted, len(rows)))
        keys = {(name, draw.choice(rows[name])) for name in chosen}
        stored = (one for one in read_records(run.files.journal, damaged=[]) if (one.id, one.epoch) in keys)
        return {one.id: one for one in stored}

    def _plan(self, folder: Path, drawn: Mapping[str, Record]) -> Plan:
        spec, job = self.known.run.info.spec, self.known.job
        assert job is not None
        variant = Variant.of(spec.variant)
        if variant.prompts > 1:
            raise Unchecked("a run with several prompts cannot be asked again")
        update = {
            "results": folder,
            "cache": "off",
            "profile": spec.profile,
            "judge": spec.judge,
            **variant.settings,
            "seed": spec.seed,
            "recipe": spec.recipe_name,
            "options": {**self._options(spec), **self.settings.options},
        }
        try:
            settings = Settings.model_validate({**self.settings.model_dump(), **update})
            made = plan(job, spec.model, settings, ids=drawn.keys())
            if made.model.needs_samples:  # it answers from what it saw of all samples
                whole = settings.model_copy(update={"limit": spec.limit, "shard": spec.shard})
                made = plan(job, spec.model, whole, ids=self._ids() if spec.subset else None)
        except (MMEvalError, ValueError) as error:
            raise Unchecked(f"the model cannot be asked: {error}") from None
        _agree(spec, made.spec)
        return made

    def _ids(self) -> set[str]:
        return {row.id for row in self.known.run.scores()}

    def _options(self, spec: Spec) -> dict[str, Any]:
        """The options of the run that only shape a reply. An address, a device or code to load is the user's choice."""
        provider = spec.model.partition("/")[0]
        try:
            capabilities = self.settings.catalog.adapter(provider).capabilities
        except MMEvalError as error:
            raise Unchecked(f"the model cannot be asked: {error}") from None
        harmless = {field.name for field in fields(Options)} | capabilities.request_options
        return {name: value for name, value in spec.options.items() if name in harmless}

    def _answers(self, planned: Plan, drawn: Mapping[str, Record]) -> tuple[list[Record], str]:
        """The new records of the drawn samples that got an answer, and why others got none."""

        async def whole() -> list[Run]:
            session = Session(planned.settings)
            try:
                return await session.run([planned])
            finally:
                await session.close()

        try:
            made = blocking(whole)
        except MMEvalError as error:
            raise Unchecked(f"the model cannot be asked: {error}") from None
        records = [one for run in made for one in run.records() if one.id in drawn]
        failure = next((one.failure.message for one in records if one.failure), "")
        reasons = [run.info.reason for run in made if run.info.reason]
        return [one for one in records if one.status not in UNMEASURED], "; ".join(filter(None, [*reasons, failure]))[
            :300
        ]


def _agree(stored: Spec, here: Spec) -> None:
    """Raise Unchecked if the model would be asked otherwise than the run says."""
    names = ("endpoint", "options", "media_policy", "recipe", "judge", "judge_digest")
    for name in names:
        was, now = getattr(stored, name), getattr(here, name)
        if was != now:
            if name == "options":
                differing = [key for key in sorted(was.keys() | now.keys()) if was.get(key) != now.get(key)]
                was, now = ({key: side.get(key) for key in differing} for side in (was, now))
            raise Unchecked(f"the run had {name} {was}, here it would be {now}; give what you trust with -o KEY=VALUE")


def _repeats(planned: Plan) -> bool:
    """Whether the same model gives the same reply again: a local one without sampling."""
    local = planned.spec.endpoint.startswith("local")
    return local and (planned.spec.options.get("temperature") == 0 or planned.model.needs_samples)


def _compared(pairs: Sequence[tuple[Record, Record]], *, exact: bool) -> str:
    for old, _ in pairs:
        if old.status in ("unsupported", "invalid_input"):
            raise Different(f"sample {old.id!r} is stored as {old.status}, but the model answers it")
    known = [(old, new) for old, new in pairs if old.reply is not None]
    equal = sum(_said(old) == _said(new) for old, new in known)
    replies = f"{equal} of {len(known)} replies are the same"
    if not exact:
        scores = [(old.score.value, new.score.value) for old, new in known if old.score and new.score]
        return f"{replies}; {_tested(scores)}"
    if equal < len(known):
        first = next(old.id for old, new in known if _said(old) != _said(new))
        raise Different(f"{replies}; the first that differs is that of sample {first!r} (other hardware may do that)")
    return replies


def _said(record: Record) -> tuple[Any, ...]:
    reply = record.reply
    return () if reply is None else (reply.text, reply.finish, tuple(one.sha256 for one in reply.media))


def _tested(scores: Sequence[tuple[float, float]]) -> str:
    """How surprising the difference in scores is for a model that has not changed: sign flips, two-sided."""
    import numpy as np

    from mmeval.stats.paired import sign_flip

    if len(scores) < FEWEST:
        raise Unchecked(f"{len(scores)} scored answers cannot show a difference; ask at least {FEWEST}")
    old, new = np.array(scores).T
    p = min(1.0, 2 * min(sign_flip(new - old), sign_flip(old - new)))
    said = f"their mean score is {new.mean():.3f}, stored {old.mean():.3f} (p = {p:.2g})"
    if p < ALPHA:
        raise Different(f"{said}: an unchanged model would differ as much in fewer than {ALPHA:.0%} of cases")
    return said


def _missing(answered: int, drawn: int, reason: str) -> str:
    return "" if answered == drawn else f"; {drawn - answered} of {drawn} were not answered: {reason}"
