"""From what is named to what is run: benchmarks, suites and files of questions to jobs, and with models to plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from mmeval import bridge
from mmeval.data import Variant, from_file, varied
from mmeval.data.questions import FORMATS, are_questions
from mmeval.definitions import Benchmark
from mmeval.engine.options import Settings
from mmeval.errors import CatalogError, DataError, UsageError, nearest
from mmeval.runner.config import RunConfig, What
from mmeval.runner.models import ModelSpec, check_recipe, has_option
from mmeval.runner.plan import Job, Plan, on_pinned_data, plan
from mmeval.store import Run, canonical

__all__ = ["job", "job_of", "jobs", "plans"]


def plans(config: RunConfig) -> tuple[list[Plan], list[DataError]]:
    """The plans, each once, and what is wrong with the benchmarks whose data are not available.

    Raises:
        DataError: no benchmark has its data.
        UsageError: a name or an option is wrong.
    """
    settings, ready, problems = config.settings, list[Job](), list[DataError]()
    named = jobs(config.benchmarks, settings)
    for model in config.models:
        for one in named:
            check_recipe(
                one.benchmark, model, settings
            )  # a setting that a model cannot have should not cost a download
    for one in named:
        try:
            ready.append(on_pinned_data(one, settings))
        except DataError as error:
            problems.append(error)
    if problems and not ready:
        raise problems[0]
    _check_options(config)
    made = (
        plan(one, model, under)
        for asked in config.models
        for model, under in _conditions(asked, settings)
        for one in ready
    )
    return _taken(list({found.folder: found for found in made}.values())), problems


def _taken(made: Sequence[Plan]) -> list[Plan]:
    """Without what a suite asks only of models that take it; references and blind models go where a model goes."""
    taken = {one.job.digest for one in made if one.taken and not _beside(one)}
    return [one for one in made if not one.job.where_taken or (one.job.digest in taken and (one.taken or _beside(one)))]


def _beside(one: Plan) -> bool:
    """Whether this is asked only to be compared with a model: a reference, or a model that does not see."""
    return one.model.definition.name == "baseline"


def _conditions(model: ModelSpec, settings: Settings) -> Iterable[tuple[ModelSpec, Settings]]:
    """How a model is asked: as it is; for a diagnosis also from its own description and from the benchmark's."""
    yield model, settings
    if settings.diagnose and not model.name.startswith("baseline/"):
        yield replace(model, name=f"baseline/described:{model.name}"), settings
        yield model, settings.model_copy(update={"ablate": "gold-description"})


def _check_options(config: RunConfig) -> None:
    """Raise UsageError for an option that only some of the models have: it has to say which."""
    names = [model.name for model in config.models]
    for key in sorted({key for model in config.models for key in model.options}):
        have = [name for name in names if has_option(name, key, config.settings)]
        for model in config.models:
            waived = str(model.options.get(key)).lower() == "none"  # so that a recipe can be followed without it
            if key in model.options and have and model.name not in have and not waived:
                raise UsageError(
                    f"-o {key}: {model.name} has no such option, but {have[0]} has; "
                    f"write -o {have[0]}:{key}={model.options[key]}"
                )


def jobs(names: Sequence[What], settings: Settings) -> list[Job]:
    """All benchmarks that the names refer to, without duplicates.

    Raises:
        CatalogError: no benchmark, suite or file has that name. The message suggests the nearest names.
    """
    found = [made for name in names for made in _jobs(name, settings)]
    unique = {(made.benchmark.name, made.benchmark.version, made.limit, made.profile): made for made in found}
    return list(unique.values())


def _jobs(what: What, settings: Settings) -> Iterable[Job]:
    if isinstance(what, Mapping):
        own = {key: what[key] for key in ("limit", "profile") if key in what}
        return [replace(made, **own) for made in _jobs(what["name"], settings)]
    if isinstance(what, Benchmark):
        return [job(what, settings)]
    name = str(what)
    if are_questions(name):
        return [_file(Path(name), settings.columns)]
    if bridge.is_bridged(name):
        return [job(name, settings)]
    benchmarks, suites = settings.catalog.benchmarks(), settings.catalog.suites()
    plain, _, season = name.partition("@")
    if plain in benchmarks:
        return [job(name, settings)]
    if plain in suites:
        return _suite(plain, settings, season)
    raise CatalogError(_unknown(name, [*benchmarks, *suites]))


def _unknown(name: str, known: Sequence[str]) -> str:
    path = Path(name)
    if path.is_file():
        return f"{name}: not a file of questions that mmeval reads; save it as {', '.join(FORMATS)}"
    if path.suffix and len(path.parts) > 1:
        return f"{name}: no such file"
    return f"no benchmark, suite or file {name!r}{nearest(name, known)}; see `mmeval list benchmarks`"


def job(benchmark: str | Benchmark, settings: Settings) -> Job:
    """The job of a benchmark, by name (`fresh_puzzles@2026-11` for a season) or by value.

    A value's digest covers its name, version and data description.
    """
    if isinstance(benchmark, str) and bridge.is_bridged(benchmark):
        return _of_value(bridge.benchmark(bridge.named(benchmark)))
    if isinstance(benchmark, str):
        found = settings.catalog.definition("benchmarks", benchmark.partition("@")[0])
        return Job(benchmark=settings.catalog.benchmark(benchmark), digest=found.digest, file_digest=found.file_digest)
    return _of_value(benchmark)


def job_of(run: Run, settings: Settings, file: Path | None = None) -> Job:
    """What a stored run asked: the benchmark of the catalog, or the file of questions that the run names.

    The benchmark has the metric of the run's variant.

    Args:
        run: the run.
        settings: where benchmarks are found.
        file: where the file of questions is now, if the run is of one.

    Raises:
        UsageError: the file of questions has moved or changed, or `file` is given for another benchmark.
    """
    spec = run.info.spec
    if spec.data.get("kind") == "file":
        found = _questions(run, file)
    elif spec.data.get("kind") == "rows":
        raise UsageError(f"{run.path}: the run is of rows in memory, which no command can find; write them to a file")
    elif file is not None:
        raise UsageError(f"--file {file}: the run is of the benchmark {spec.benchmark}, not of a file of questions")
    elif bridge.is_bridged(spec.benchmark):
        found = job(spec.benchmark, settings)
    else:
        found = job(settings.catalog.stored_name(spec.benchmark, spec.version), settings)
    return replace(found, benchmark=varied(found.benchmark, Variant.of(spec.variant)))


def _questions(run: Run, file: Path | None) -> Job:
    spec = run.info.spec
    named = Path(str(run.info.provenance.get("questions") or spec.data["path"]))
    places = [named, run.path.resolve().parents[3] / named]  # where the run was started, or beside its results
    found = file or next((place for place in places if place.is_file()), None)
    if found is None:
        raise UsageError(f"{run.path}: the run is of {named}, which is not there; name the file with --file")
    made = _file(found, cast("dict[str, str]", spec.data.get("columns") or {}))
    if made.benchmark.version != spec.version:
        before, now = str(spec.data.get("sha256"))[:12], str(made.benchmark.data.describe()["sha256"])[:12]
        raise UsageError(
            f"{found} has changed since the run: its sha256 was {before} and is {now}; restore it, or run it again"
        )
    if made.digest != spec.definition_digest:
        raise UsageError(f"{found} has another name than the file of the run, {spec.data['path']}; rename it")
    return made


def _of_value(benchmark: Benchmark) -> Job:
    about = {"name": benchmark.name, "version": benchmark.version, "data": dict(benchmark.data.describe())}
    return Job(benchmark=benchmark, digest=sha256(canonical(about)).hexdigest())


def _file(path: Path, columns: Mapping[str, str]) -> Job:
    if not path.exists():
        raise UsageError(f"{path}: no such file")
    return _of_value(from_file(path, columns=columns))


def _suite(name: str, settings: Settings, season: str) -> Iterable[Job]:
    table = settings.catalog.suite(name)
    members: Any = table.get("benchmarks")
    if not isinstance(members, list) or not members:
        raise CatalogError(f"suite {name!r}: `benchmarks` must be a list of names")
    for member in members:
        entry: dict[str, Any] = {"name": member} if isinstance(member, str) else dict(member)
        made = job(f"{entry['name']}{season and f'@{season}'}", settings)
        yield Job(
            benchmark=made.benchmark,
            digest=made.digest,
            file_digest=made.file_digest,
            limit=entry.get("limit", table.get("limit")),
            profile=entry.get("profile"),
            where_taken=bool(entry.get("where_taken")),
        )
