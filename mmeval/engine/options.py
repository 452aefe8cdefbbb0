"""Options of an adapter (`-o key=value`) and settings of a run (flags and `--config run.toml`)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, ValidationInfo, field_validator

from mmeval.catalog import Catalog
from mmeval.definitions import Benchmark, Capabilities, Options
from mmeval.documents import MALFORMED, read_toml
from mmeval.errors import UsageError, in_plain_words, nearest
from mmeval.sampling import audio_policy, image_policy, video_policy

__all__ = [
    "DEFAULTS", "Settings", "as_flag", "as_keyword", "pairs", "public", "read_keys", "read_settings", "resolve",
    "settings_of", "split_model",
]  # fmt: skip

_POLICIES = {"image": image_policy, "video": video_policy, "audio": audio_policy}
SECRET = ("key", "token", "secret", "password", "authorization", "headers")


class Settings(BaseModel):
    """Everything about a run except the benchmark and the model. A run file has these keys, too.

    The descriptions are the help texts of `mmeval run`, which has one option for each field.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    options: dict[str, Any] = Field(
        default_factory=dict, description="Option of the model's adapter, or of one model's (repeatable)."
    )
    recipe: str | None = Field(
        default=None, description="Ask as the makers of a model state it: a name of `mmeval list recipes`."
    )
    limit: int | None = Field(default=None, ge=1, description="Use only the first N samples.")
    epochs: int = Field(default=1, ge=1, description="Ask every sample N times.")
    profile: str | None = Field(default=None, description="Scoring profile. Without it, the benchmark's own.")
    judge: str | None = Field(
        default=None, description="Model that judges replies, where the scoring profile asks one."
    )
    judge_options: dict[str, Any] = Field(
        default_factory=dict, description="Option of the judge's adapter (repeatable)."
    )
    ablate: Literal["blind", "shuffled-image", "gold-description"] | None = Field(
        default=None,
        description="Remove the images, give each sample the image of another one, or the benchmark's description.",
    )
    diagnose: bool = Field(
        default=False, description="Ask also from the model's own and from the benchmark's description of each image."
    )
    prompts: int = Field(
        default=1, ge=1, le=8, description="Ask every sample with N prompts, which close in other words."
    )
    circular: bool = Field(
        default=False, description="Ask every multiple-choice question once for each rotation of its options."
    )
    score_choices: Literal["sum", "per_token", "letter", "similarity"] | None = Field(
        default=None,
        description="Score the options instead of reading a reply: by log-probability of an option's text (its sum, "
        "or the mean per token) or letter, or by similarity.",
    )
    image: str | None = Field(
        default=None, description="Size at which pictures are sent: least=3136,most=1003520,multiple=28, or native."
    )
    video: str | None = Field(
        default=None, description="How films are shown: frames=32, fps=2,max=128, native, or the name of a preset."
    )
    audio: str | None = Field(
        default=None, description="How sounds are given: wav, rate=24000, or native for the file itself."
    )
    concurrency: int | None = Field(
        default=None, ge=1, description="Fixed number of requests in flight. Without it, the number adapts."
    )
    replicas: int | None = Field(
        default=None, ge=1, description="Run N copies of the model, each in a process of its own."
    )
    ray: str | None = Field(
        default=None, description="Run them as actors of the Ray cluster at this address; `local` starts one here."
    )
    max_cost: float | None = Field(default=None, gt=0, description="Stop after spending this many US dollars.")
    max_tokens: int | None = Field(default=None, gt=0, description="Stop after this many tokens, input and output.")
    max_minutes: float | None = Field(default=None, gt=0, description="Stop after this many minutes.")
    max_error_rate: float = Field(
        default=0.01, ge=0, le=1, description="Mark the run as failed when a larger share of its samples failed."
    )
    results: Path = Field(default=Path("results"), description="Folder that holds all runs.")
    offline: bool = Field(default=False, description="Do not download data.")
    seed: int = Field(default=0, description="Seed of everything random.")
    shard: str | None = Field(
        default=None,
        description="Ask only part I of N of the samples; `mmeval merge` joins the parts.",
    )
    cache: Literal["on", "off", "read", "refresh"] = Field(default="on", description="How to use the response cache.")
    cache_file: Path | None = Field(
        default=None, description="The response cache. Without it, ~/.cache/mmeval/replies.sqlite."
    )
    sync: Literal["interval", "always"] = Field(
        default="interval", description="Flush replies to the disk every 5 seconds, or each one: safe in a power cut."
    )
    timeout: float = Field(default=600.0, gt=0, description="Longest time for one request, in seconds.")
    deadline: float = Field(default=3600.0, gt=0, description="Longest time for one sample with retries, in seconds.")
    attempts: int = Field(default=8, ge=1, description="Most requests for one sample.")
    batch: bool = Field(default=False, description="Use the provider's batch API: half the price, up to a day.")
    path: tuple[Path, ...] = Field(default=(), description="Extra folder with benchmarks/ and adapters/ (repeatable).")
    log: Path | None = Field(
        default=None, description="Append one line per event to this file; JSON lines if it ends in .jsonl."
    )
    columns: dict[str, str] = Field(
        default_factory=dict, description="Which column of a file of questions has which role (repeatable)."
    )

    @field_validator("shard")
    @classmethod
    def _part(cls, shard: str | None) -> str | None:
        found = re.fullmatch(r"([1-9]\d{0,8})/([1-9]\d{0,8})", shard) if shard is not None else None
        if shard is not None and (found is None or int(found[1]) > int(found[2])):
            raise ValueError("expected I/N, part I of N, as in 1/4 to 4/4")
        return shard

    @field_validator("image", "video", "audio")
    @classmethod
    def _policy(cls, text: str | None, info: ValidationInfo) -> str | None:
        """Refuses a policy that makes no sense before anything is run."""
        try:
            if text is not None:
                _POLICIES[str(info.field_name)](text)
        except UsageError as error:
            raise ValueError(str(error).partition(": ")[2]) from None
        return text

    @property
    def catalog(self) -> Catalog:
        """The catalog that searches `path` first."""
        return Catalog(self.path)


DEFAULTS = Settings()


def as_flag(name: str) -> str:
    """How a setting is written on the command line."""
    return f"--{name.replace('_', '-')}"


def as_keyword(name: str) -> str:
    """How a setting is written in a Python call."""
    return f"{name}="


def read_settings(file: Path | None, given: Mapping[str, Any]) -> Settings:
    """Settings from a TOML file, overridden by those given on the command line (None: not given).

    Raises:
        UsageError: a key or a value is not valid. The message names the file and the key, or the flag.
    """
    return settings_of(read_keys(file) if file else {}, given, file=file)


def read_keys(file: Path) -> dict[str, Any]:
    """The table of a TOML file, with keys written as in Python; raises UsageError for a file that is not TOML."""
    return {key.replace("-", "_"): value for key, value in read_toml(file, UsageError).items()}


def settings_of(
    table: Mapping[str, Any],
    given: Mapping[str, Any],
    *,
    file: Path | None = None,
    written: Callable[[str], str] = as_flag,
) -> Settings:
    """Settings from the keys of a file, overridden by those given (None: not given); options are merged one by one.

    Args:
        table: what the file says.
        given: what the command line or the call says.
        file: for messages.
        written: how a setting of `given` is written, for messages.

    Raises:
        UsageError: a key or a value is not valid. The message names the file and the key, or the flag.
    """
    told = {key: value for key, value in given.items() if value is not None}
    for source, keys in ((f"{file}: ", table), ("", told)):
        for key in keys.keys() - Settings.model_fields.keys():
            raise UsageError(f"{source}no setting {key!r}{nearest(key, Settings.model_fields)}")
    both = {key: table[key] | told[key] for key in table.keys() & told.keys() if _tables(table[key], told[key])}
    try:
        return Settings.model_validate({**table, **told, **both})
    except ValidationError as error:
        first = error.errors()[0]
        key, *inside = map(str, first["loc"])
        where = ".".join([written(key) if key in told else f"{file}: {key}", *inside])
        raise UsageError(f"{where}: {in_plain_words(first['msg'])} (got {first['input']!r})") from None


def _tables(*values: Any) -> bool:
    return all(isinstance(value, dict) for value in values)


def pairs(given: Sequence[str], *, flag: str = "-o") -> dict[str, str]:
    """`["a=1", "b=x"]` as a dict; raises UsageError when one has no `=`."""
    for item in given:
        if "=" not in item:
            raise UsageError(f"{flag} {item}: expected key=value")
    return dict(item.split("=", 1) for item in given)


def split_model(name: str) -> tuple[str, str]:
    """Split `provider/model` at the first slash; raises UsageError when a part is missing."""
    provider, slash, model = name.partition("/")
    if not slash or not provider or not model:
        raise UsageError(f"-m {name}: expected PROVIDER/MODEL, as in openai/gpt-4o; see `mmeval list adapters`")
    return provider, model


def resolve(
    capabilities: Capabilities,
    given: Mapping[str, Any],
    *,
    benchmark: Benchmark | None = None,
    adapter: str = "the adapter",
) -> Options:
    """An adapter's options: its defaults, overridden by the benchmark's values, then by `given`.

    Args:
        capabilities: of the adapter.
        given: by the user.
        benchmark: what is asked.
        adapter: its name, for the messages.

    Raises:
        UsageError: an unknown option (with the nearest names), a value of the wrong type, or one that holds a key.
    """
    from mmeval.providers import refuse_keys  # not needed at start

    known = {field.name: field for field in fields(capabilities.options)}
    for key in given:
        if key not in known:
            raise UsageError(_unknown(key, known, adapter))
    hints = get_type_hints(capabilities.options)
    own = {key: _literal(value, text=_takes_text(hints[key])) for key, value in given.items()}
    values = {**_of_benchmark(benchmark), **own}
    try:
        made: Options = TypeAdapter(capabilities.options).validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(
            f"-o {'.'.join(map(str, first['loc']))}: {in_plain_words(first['msg'])} (got {first['input']!r})"
        ) from None
    refuse_keys(asdict(made))
    return made


def _unknown(key: str, known: Iterable[str], adapter: str) -> str:
    flag = key.replace("_", "-")
    if key.replace("-", "_") in Settings.model_fields:
        return f"-o {key}: {adapter} has no such option; --{flag} is an option of mmeval: write --{flag} VALUE"
    return f"-o {key}: {adapter} has no such option{nearest(key, known)}; it has {', '.join(sorted(known))}"


def _of_benchmark(benchmark: Benchmark | None) -> dict[str, Any]:
    if benchmark is None:
        return {}
    own = {
        "system": benchmark.system,
        "max_tokens": benchmark.max_tokens,
        "temperature": benchmark.temperature,
    }
    return {key: value for key, value in own.items() if value is not None}


def _takes_text(hint: Any) -> bool:
    return hint is str or str in get_args(hint)


def _literal(value: Any, *, text: bool) -> Any:
    # Lists and objects are written as JSON. `none` removes a default of the benchmark.
    if not isinstance(value, str):
        return value
    if value.lower() in ("none", "null"):
        return None
    if text:
        return value
    if value[:1] in "{[":
        try:
            return json.loads(value)
        except MALFORMED:
            return value
    return value


def public(options: Options, capabilities: Capabilities) -> dict[str, Any]:
    """The options that are stored and part of the cache key: no transport options and no secrets."""
    unused = {f.name for f in fields(options) if "added" in f.metadata and getattr(options, f.name) == f.default}
    return {
        key: value
        for key, value in asdict(options).items()
        if key not in capabilities.transport_options | unused and not any(word in key.split("_") for word in SECRET)
    }
