"""Loads the weights of a local checkpoint, after checking that they are whole and that they fit."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from mmeval.anatomy.checkpoint import Checkpoint, Tensor
from mmeval.definitions import Options, added
from mmeval.documents import read_json
from mmeval.errors import UsageError
from mmeval.providers.local import first_device, threads_for
from mmeval.providers.memory import DeviceMemory
from mmeval.providers.processors import auto_class
from mmeval.providers.setup import sdk

__all__ = [
    "Encoder", "EncoderOptions", "LoadOptions", "check_pipeline", "check_weights", "filled", "found_device",
    "load_encoder", "load_weights", "lora_folder", "read_tensors",
]  # fmt: skip

BYTES = {"F64": 8, "I64": 8, "F32": 4, "I32": 4, "F16": 2, "BF16": 2, "I16": 2}
"""Bytes of one value by the name of its type in a safetensors file; 1 for all others."""
WIDTH = {"float32": 4.0, "float16": 2.0, "bfloat16": 2.0, "8bit": 1.0, "int8": 1.0, "4bit": 0.5, "int4": 0.5}
"""Bytes of one value in memory by precision and by kind of quantization."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions(Options):
    """How a checkpoint is loaded; None = as the checkpoint says."""

    revision: str | None = None
    """Commit, tag or branch on the hub."""
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    """auto: float32 on a CPU, the checkpoint's precision on an accelerator."""
    device: str = "auto"
    """auto: the first available of cuda, mps and cpu."""
    device_map: str | None = added(None)
    """Spread the layers over all devices, where one has too little memory: auto, balanced, sequential."""
    quantize: Literal["bitsandbytes-8bit", "bitsandbytes-4bit", "torchao-int8", "torchao-int4"] | None = added(None)
    """Library and kind of quantization."""
    lora: str | None = added(None)
    """Folder or hub name of a LoRA that is added to the weights."""
    compile: bool = added(False)
    """Compile the model with torch: slow at first, then faster."""
    attn: str | None = None
    """Attention implementation: eager, sdpa, flash_attention_2, ..."""
    trust_remote_code: bool = False
    """Run the Python files of the checkpoint. Read them first and pin the revision."""

    @property
    def source(self) -> dict[str, Any]:
        """Where on the hub, and whether its code may run: what every `from_pretrained` takes."""
        return {"revision": self.revision or "main", "trust_remote_code": self.trust_remote_code}


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderOptions(Options):
    """How a model that makes features is loaded; None = as the checkpoint says."""

    revision: str | None = None
    """Commit, tag or branch on the hub."""
    dtype: Literal["float32", "float16", "bfloat16"] = "float32"
    """Precision of weights and features."""
    device: str = "auto"
    """auto: the first available of cuda, mps and cpu."""
    trust_remote_code: bool = False
    """Run the Python files of the checkpoint. Read them first and pin the revision."""
    threads: int | None = None
    """CPU threads; None: one for a small model, otherwise all cores."""

    @property
    def source(self) -> dict[str, Any]:
        """As that of `LoadOptions`."""
        return {"revision": self.revision or "main", "trust_remote_code": self.trust_remote_code}


@dataclass(frozen=True, slots=True)
class Encoder:
    """A model that makes features, in memory."""

    model: Any
    processor: Any
    memory: DeviceMemory
    ran: dict[str, Any]
    """What `run.json` says about it: device, precision and threads."""


def load_encoder(
    torch: Any, library: Any, where: str, options: EncoderOptions, processor: str, model: str = "AutoModel"
) -> Encoder:
    """A model of the class `model`, with a processor of the class `processor`; sets torch's threads.

    Raises:
        UsageError: a file of weights is damaged, or the weights do not fit into the device's memory.
    """
    device, how = found_device(torch, options.device), options.source
    free, ways = DeviceMemory(torch, device).free, "use -o dtype=bfloat16, or another -o device"
    check_weights(where, how["revision"], options.dtype, free, device, ways)
    made = getattr(library, model).from_pretrained(where, dtype=options.dtype, **how).to(device).eval()
    threads = options.threads or threads_for(made)
    torch.set_num_threads(threads)
    return Encoder(
        made,
        getattr(library, processor).from_pretrained(where, **how),
        DeviceMemory(torch, made.device),
        {"device": str(made.device), "dtype": str(made.dtype), "threads": threads},
    )


def read_tensors(torch: Any, file: Path, option: str) -> dict[str, Any]:
    """The tensors of a .safetensors file, or of a file of torch, of which nothing but tensors is read; on the CPU.

    Raises:
        UsageError: it is not there, is damaged, or holds something else; names the option.
    """
    try:
        if file.suffix == ".safetensors":
            found = sdk("safetensors.torch", extra="transformers").load_file(file)
        else:
            found = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # the libraries raise what they like for what is no such file
        raise UsageError(f"{option}: not a file of tensors, or damaged ({type(error).__name__})") from error
    if not isinstance(found, dict) or not all(isinstance(one, torch.Tensor) for one in found.values()):
        raise UsageError(f"{option}: holds something else than tensors by name")
    return dict(found)


def filled(torch: Any, model: Any, file: Path, option: str) -> Any:
    """The model with the weights of a file; raises UsageError, which names the option, if they belong to another."""
    try:
        model.load_state_dict(read_tensors(torch, file, option))
    except RuntimeError as error:
        line = " ".join(str(error).split())[:200]
        raise UsageError(f"{option}: not weights of {type(model).__name__}: {line}") from error
    return model


def load_weights(torch: Any, library: Any, where: str, options: LoadOptions, config: Any) -> Any:
    """The model of a checkpoint as the options want it, ready to answer.

    Args:
        torch: the module.
        library: the module `transformers`.
        where: a folder, or a name on the hub.
        options: device, precision, quantization, LoRA.
        config: of the checkpoint.

    Raises:
        UsageError: a device or a package is missing, or the weights are damaged or do not fit.
    """
    device = found_device(torch, options.device)
    dtype = options.dtype if options.dtype != "auto" or device != "cpu" else "float32"
    more: dict[str, Any] = {"attn_implementation": options.attn} if options.attn else {}
    if options.quantize:
        more["quantization_config"] = _quantization(torch, library, options.quantize, dtype)
    if options.device_map:
        _installed("accelerate", f"-o device_map={options.device_map}")
        more["device_map"] = options.device_map
    elif options.quantize:
        more["device_map"] = {"": device}
    _check(where, options, dtype, DeviceMemory(torch, device).free, device)
    if hasattr(config, "enable_audio_output"):
        more["enable_audio_output"] = False  # the half of an omni model that speaks
    loads = getattr(library, auto_class(library, config))
    model = _reading(loads.from_pretrained(where, dtype=dtype, **more, **options.source))
    if "device_map" not in more:
        model.to(device)
    if options.lora:
        model = _with_lora(model, options.lora, merged=not options.quantize)
    if options.compile:
        model.compile(dynamic=True)
    return model.eval()


def _reading(model: Any) -> Any:
    """The model, or the part of an omni model that reads and writes text."""
    thinker = getattr(model, "thinker", None)
    if thinker is not None:
        thinker.generation_config = model.generation_config
    return model if thinker is None else thinker


def lora_folder(options: LoadOptions) -> Path | None:
    """The folder that holds the LoRA; None without one, or for a name on the hub."""
    if not options.lora or not options.lora.startswith((".", "/", "~")):
        return None
    folder = Path(options.lora).expanduser()
    if not (folder / "adapter_config.json").is_file():
        raise UsageError(f"-o lora={options.lora}: {folder} holds no LoRA (no adapter_config.json)")
    return folder


def found_device(torch: Any, wanted: str) -> str:
    """The device that is asked for, or the first there is; raises UsageError when it is not there."""
    if wanted == "auto":
        return first_device(torch)
    try:
        device = torch.device(wanted)
    except RuntimeError:
        raise UsageError(f"-o device={wanted}: not a device of torch; use cuda, cuda:1, mps or cpu") from None
    there = {"cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available())}.get(device.type, 1)
    if there <= (device.index or 0):
        build = f"torch {torch.__version__}"
        why = f"{build} is built without CUDA" if device.type == "cuda" and torch.version.cuda is None else None
        raise UsageError(f"-o device={wanted}: {why or f'{build} sees {there} of this kind'}; use -o device=auto")
    return wanted


def _check(where: str, options: LoadOptions, dtype: str, free: float, device: str) -> None:
    """Raise UsageError if the files of a checkpoint are damaged, or take more memory than `free` bytes."""
    precision = options.quantize or dtype
    ways = "use -o dtype=bfloat16, -o quantize=bitsandbytes-4bit, or -o device_map=auto"
    room = float("inf") if options.device_map else free
    check_weights(where, options.source["revision"], precision, room, device, ways)


def check_weights(where: str, revision: str, precision: str, free: float, device: str, ways: str) -> None:
    """Look at a checkpoint before it is loaded.

    Args:
        where: a folder, or a name on the hub.
        revision: on the hub.
        precision: in memory: one of torch, a kind of quantization after its library, or auto, that of the files.
        free: bytes.
        device: what has them.
        ways: to make the weights fit, for the message.

    Raises:
        UsageError: the files are damaged, or take more memory than there is.
    """
    _check_room(_tensors(where, revision), precision, free, device, ways)


def check_pipeline(where: str, revision: str, precision: str, free: float, device: str, ways: str) -> None:
    """The same as `check_weights`, for a pipeline of diffusers, whose parts have a folder each."""
    _check_room(_part_tensors(where, revision), precision, free, device, ways)


def _check_room(tensors: Iterable[Tensor], precision: str, free: float, device: str, ways: str) -> None:
    width = WIDTH.get(precision.rpartition("-")[2])
    need = sum(one.count * (width or BYTES.get(one.dtype, 1)) for one in tensors)
    if need <= free:
        return
    kind = precision if precision != "auto" else "the precision of the checkpoint"
    there = f"{device} has {free / 1e9:.1f} GB free"
    raise UsageError(f"the weights take {need / 1e9:.1f} GB in {kind}, and {there}; {ways}")


def _tensors(where: str, revision: str) -> Iterable[Tensor]:
    """What the headers of the weights say; nothing where the hub cannot be asked."""
    folder = _here(where, revision)
    try:
        return Checkpoint(where, folder, None if Path(where).is_dir() else revision).tensors.values()
    except UsageError:
        if folder is not None:
            raise
        return ()  # what is wrong will be said when the weights are fetched


def _part_tensors(where: str, revision: str) -> Iterator[Tensor]:
    """The same of all parts of a pipeline."""
    folder = _here(where, revision)
    if folder is None:
        yield from _part_tensors_on_hub(where, revision)
        return
    index = read_json(folder / "model_index.json", UsageError)
    for part in sorted(part for part in folder.iterdir() if part.is_dir() and part.name in index):
        yield from Checkpoint(where, part).tensors.values()


def _part_tensors_on_hub(where: str, revision: str) -> Iterable[Tensor]:
    api = sdk("huggingface_hub", extra="diffusers").HfApi()
    found: dict[tuple[str, str], Tensor] = {}
    try:
        files = [file for file in api.list_repo_files(where, revision=revision) if file.endswith(".safetensors")]
        for part, file in ((file.rpartition("/")[0], file) for file in files if "/" in file):
            about = api.parse_safetensors_file_metadata(where, file, revision=revision).tensors
            # A part may be there in several precisions, with the same names.
            found |= {(part, name): Tensor(tuple(one.shape), one.dtype) for name, one in about.items()}
    except Exception:  # noqa: BLE001 - what is wrong will be said when the weights are fetched
        return ()
    return found.values()


def _here(where: str, revision: str) -> Path | None:
    """The folder of a checkpoint; None if it is not on this machine yet."""
    if Path(where).is_dir():
        return Path(where)
    hub = sdk("huggingface_hub", extra="transformers")
    try:
        return Path(hub.snapshot_download(where, revision=revision, local_files_only=True))
    except Exception:  # noqa: BLE001 - the library raises its own errors and those of its HTTP client
        return None


def _installed(module: str, option: str) -> None:
    if find_spec(module) is None:
        raise UsageError(f"{option}: {module} is not installed: pip install {module}")


def _quantization(torch: Any, library: Any, name: str, dtype: str) -> Any:
    """The library's configuration for `bitsandbytes-8bit`, `-4bit`, `torchao-int8` or `-int4`."""
    module, _, kind = name.partition("-")
    kernels = ("mslk",) if name == "torchao-int4" else ()  # torchao asks for them in a traceback
    for one in (module, "accelerate", *kernels):
        _installed(one, f"-o quantize={name}")
    if module == "torchao":
        ways = sdk("torchao.quantization", extra="transformers")
        return library.TorchAoConfig(ways.Int8WeightOnlyConfig() if kind == "int8" else ways.Int4WeightOnlyConfig())
    if kind == "8bit":
        return library.BitsAndBytesConfig(load_in_8bit=True)
    compute = getattr(torch, dtype) if dtype != "auto" else torch.bfloat16
    return library.BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_compute_dtype=compute)


def _with_lora(model: Any, lora: str, *, merged: bool) -> Any:
    """The model with the weights of a LoRA; raises UsageError if they belong to another model."""
    _installed("peft", f"-o lora={lora}")
    peft = sdk("peft", extra="transformers")
    folder = str(Path(lora).expanduser()) if lora.startswith((".", "/", "~")) else lora
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message=".*missing adapter keys.*")  # some layers would stay as they were
            tuned = peft.PeftModel.from_pretrained(model, folder)
    except Exception as error:  # the library raises what it likes
        text = " ".join(str(error).split())[:300]
        raise UsageError(f"-o lora={lora}: cannot be loaded for this model: {text}") from error
    return tuned.merge_and_unload() if merged else tuned
