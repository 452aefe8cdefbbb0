"""The families of image-text-to-text models, built tiny and asked: python -m tests.perf.families [--write] [NAME ...].

Every checkpoint is built with torchvision, and asked with it and without it, each in a process of its own. `--write`
puts the table into docs/local-models.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.perf.families import vision

ROOT = Path(__file__).parents[3]
DOC = ROOT / "docs" / "local-models.md"
BEGIN, END = "<!-- families -->", "<!-- /families -->"
COVERED = {
    "qwen2_5_omni_thinker": "qwen2_5_omni", "qwen3_omni_moe_thinker": "qwen3_omni_moe", "musicflamingo": "audioflamingo3",
    "granite_speech_plus": "granite_speech",
}  # fmt: skip
"""Types that are a part of another one, or read the same inputs with the same processor."""
NOT_BUILT = {
    "fast_vlm, perception_lm": "their vision towers come from timm in sizes of their own",
    "voxtral, voxtral_realtime": "they need mistral-common, whose tokenizer cannot be trained here",
    "instructblipvideo": "without a chat template, and its processor wants a film beside every text",
    "vision-encoder-decoder, speech-encoder-decoder": "any two models",
    "dia, pop2piano, vibevoice": "they make sound",
    "pi0": "it makes the movements of a robot",
    "evolla": "it reads proteins",
    "udop": "it reads words with their places on the page, which come from another program",
    "mistral4": "it reads text alone",
    "canary": "its chat template has languages in the place of a text, and no place for a sound",
    "kyutai_speech_to_text": "it reads the codes of a sound in step with its own text, so that the table cannot tell whether it hears",
}
"""Why there is no tiny checkpoint."""
COLUMNS = ("one image", "several", "none", "video", "times", "audio", "sounds", "batch = single")
TITLES = {
    "several": "several images",
    "video": "film",
    "times": "times of frames",
    "audio": "sound",
    "sounds": "several sounds",
}


def child(how: str, folder: str, out: str, names: list[str]) -> None:
    """One of the two processes."""
    if how == "with":
        vision.declare()
    else:
        vision.hide()
    from tests.perf.families.sweep import main

    main(Path(folder), Path(out), names, build=how == "with")


def swept(names: list[str]) -> dict[str, dict[str, dict]]:
    """What each family did, with torchvision and without it."""
    made: dict[str, dict[str, dict]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for how in ("with", "without"):
            out = Path(folder) / f"{how}.jsonl"
            argv = [sys.executable, "-m", "tests.perf.families", "--child", how, folder, str(out), *names]
            ended = subprocess.run(argv, check=False, cwd=ROOT, env={**os.environ, "HF_HUB_OFFLINE": "1"}).returncode
            made[how] = {one["family"]: one for one in map(json.loads, out.read_text().splitlines())}
            if ended:
                print(f"{how} torchvision: the process ended with {ended} after {len(made[how])} families")
    return made


def table(made: dict[str, dict[str, dict]]) -> str:
    """The table in Markdown, and what is behind it."""
    import torch
    import torchvision
    import transformers

    lines = [
        f"Measured with transformers {transformers.__version__}, torch {torch.__version__} and torchvision "
        f"{torchvision.__version__} on a CPU by `python -m tests.perf.families --write`.",
        "",
        "| " + " | ".join(("family", "loads", *(TITLES.get(one, one) for one in COLUMNS), "needs torchvision")) + " |",
        "|" + " --- |" * (len(COLUMNS) + 3),
    ]
    seen: set[str] = set()
    for name, found in sorted(made["with"].items()):
        other = made["without"].get(name, {})
        seen.add(found.get("type", name))
        lines.append("| " + " | ".join(row(name, found, other)) + " |")
    return "\n".join([*lines, "", unbuilt(seen)])


def unbuilt(seen: set[str]) -> str:
    """Which model types have no tiny checkpoint, and why."""
    from transformers.models.auto import modeling_auto as auto

    kinds = ("IMAGE_TEXT_TO_TEXT", "MULTIMODAL_LM", "SPEECH_SEQ_2_SEQ")
    types = set().union(*(getattr(auto, f"MODEL_FOR_{kind}_MAPPING_NAMES") for kind in kinds))
    covered = {part for part, whole in COVERED.items() if whole in seen}
    whys = [f"{names} ({why})" for names, why in NOT_BUILT.items()]
    known = {name for names in NOT_BUILT for name in names.split(", ")}
    rest = sorted(types - seen - covered - known)
    if rest:
        whys.append(f"{len(rest)} with no tiny configuration yet, so whether they work is not known: {', '.join(rest)}")
    many = f"The library has {len(types)} model types that make text of images, films or sounds."
    return f"{many} Not in the table are {'; '.join(whys)}."


def row(name: str, found: dict, other: dict) -> list[str]:
    loads = "one image" in found
    shown = found if loads else other if "one image" in other else found
    cells = [told(shown, column) for column in COLUMNS]
    if "one image" not in shown:
        return [name, f"no: {reason(found)}", *cells, ""]
    # Sounds and images must be answered alike; films never are without it.
    asked = [column for column in COLUMNS if column not in ("video", "times")]
    alike = all(other.get(column, "").partition(" (")[0] == found[column].partition(" (")[0] for column in asked)
    needs = "yes" if "one image" not in other else "for some questions" if not alike else "no"
    if needs == "no" and found.get("video") not in ("no", other.get("video")):
        needs = "for films"
    return [name, "yes", *cells, needs]


def told(found: dict, column: str) -> str:
    """What a cell says, with the error where every question had one."""
    said, why = found.get(column, ""), found.get(f"{column}: why", "").partition(": ")[2]
    return f"no: {reason({'error': why}, most=90)}" if said == "no" and why else said


def reason(found: dict, most: int = 160) -> str:
    text = found.get("error", "unknown").replace("|", "/")
    return text if len(text) <= most else f"{text[: most - 3]}..."


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5:])
        return
    names = [name for name in sys.argv[1:] if not name.startswith("-")]
    made = swept(names)
    vision.declare()
    text = table(made)
    if "--write" in sys.argv:
        old = DOC.read_text(encoding="utf-8")
        before, after = old.split(BEGIN)[0], old.split(END)[1]
        DOC.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
