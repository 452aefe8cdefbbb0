"""`mmeval describe` on tiny checkpoints: parts, sizes, memory; and files that are damaged or say little."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mmeval.anatomy import describe, opened, part_of
from mmeval.cli import app
from tests.data.hubs import hub
from tests.local import tiny

__all__ = ["hub"]

pytestmark = pytest.mark.local


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made = tiny.build("llava", tmp_path_factory.mktemp("llava"))
    (made / "README.md").write_text("---\nlicense: apache-2.0\ntags:\n- x\n---\n# A model\n")
    return made


def sizes(folder: Path) -> dict[str, int]:
    import transformers

    model = transformers.AutoModelForImageTextToText.from_pretrained(folder)
    inner = model.model
    parts = {"encoder": inner.vision_tower, "input_projector": inner.multi_modal_projector}
    found = {name: sum(p.numel() for p in module.parameters()) for name, module in parts.items()}
    return {**found, "llm": sum(p.numel() for p in model.parameters()) - sum(found.values())}


def test_parts_are_those_of_the_loaded_model(folder):
    found = describe(opened(str(folder)))
    assert dict(found.parameters) == sizes(folder)
    assert found.parts == {
        "encoder": "clip_vision_model, 2 layers of 32", "input_projector": "multi_modal_projector", "llm": "llama, 2 layers of 64",
    }  # fmt: skip
    assert (found.kind, found.context, found.licence, found.dtype) == ("llava", 4096, "apache-2.0", "float32")
    assert found.weights_bytes["bfloat16"] == 2 * found.total
    assert found.cache_bytes == 2 * 2 * 2 * 2 * 16  # keys and values, two bytes, layers, heads, their width
    assert found.image_tokens["1024x768"] == 16  # (56 / 14)²
    assert found.reads == {"image": "yes", "audio": "no", "video": "no"}


def test_weights_that_are_there_twice_count_once(folder, tmp_path):
    twice = shutil.copytree(folder, tmp_path / "model")
    header = json.dumps({"output.weight": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    (twice / "consolidated.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(4))
    assert describe(opened(str(twice))).parameters == describe(opened(str(folder))).parameters
    (twice / "model.safetensors").unlink()
    assert describe(opened(str(twice))).total == 1


def test_a_name_on_the_hub_is_read_without_its_weights(folder, hub):
    shutil.copytree(folder, hub.root / "org" / "tiny")
    assert describe(opened("org/tiny")).parameters == describe(opened(str(folder))).parameters
    fetched = [line for line in hub.requests if "model.safetensors" in line and line.startswith("GET")]
    assert len(fetched) == 1, "the header alone, by its range"


def test_without_safetensors_the_architecture_is_counted(folder, tmp_path):
    bare = shutil.copytree(folder, tmp_path / "model")
    (bare / "model.safetensors").unlink()
    (bare / "README.md").unlink()
    found = describe(opened(str(bare)))
    assert dict(found.parameters) == sizes(folder)
    assert "sizes are those of the architecture, not of the files" in found.notes
    assert (found.licence, found.dtype) == (None, "float32")


def test_what_is_not_said_stays_unknown(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "nobody-knows", "num_hidden_layers": "many"}')
    told = CliRunner().invoke(app, ["describe", str(tmp_path)])
    assert told.exit_code == 0, told.output
    for line in (
        "parameters       unknown",
        "context          unknown",
        "licence          unknown",
        "memory           unknown",
    ):
        assert line in told.output
    assert "does not know this model type" in told.output


def damaged(folder: Path, how: str) -> str:
    """Damage the copy; returns what has to be said."""
    weights = folder / "model.safetensors"
    data = weights.read_bytes()
    header = json.dumps({"a": {"dtype": "F32", "shape": ["x"], "data_offsets": [0, 4]}}).encode()
    content, said = {
        "short": (data[:-7], "promises"),
        "header": (struct.pack("<Q", len(header)) + header + b"\0" * 4, "its header is damaged"),
        "huge": (struct.pack("<Q", 1 << 60) + b"{}", "or cut off"),
        "empty": (b"", "or cut off"),
    }[how]
    weights.write_bytes(content)
    return said


@pytest.mark.parametrize("how", ["short", "header", "huge", "empty"])
def test_a_damaged_file_is_one_line(how, folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "model")
    said = damaged(copy, how)
    with pytest.raises(Exception, match=said) as raised:
        describe(opened(str(copy)))
    assert str(copy / "model.safetensors") in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["describe", "./nowhere"], "holds no checkpoint"),
        (["describe", "openai/gpt-4o-mini"], "this is what models.toml says"),
        (["describe", "nobody/nothing"], "is not on this machine, and the hub cannot be reached"),
        (["describe", "transformers/demo-vlm"], "clip_vision_model, 4 layers of 128"),
    ],
)
def test_other_names(argv, said):
    told = CliRunner().invoke(app, argv)
    assert said in told.output + str(told.exception)


def test_a_name_on_no_hub_is_one_line_in_a_process_of_its_own(tmp_path):
    """Where no other test has imported the parts of the hub's client that it loads late."""
    env = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "mmeval", "describe", "nobody/nothing"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "is not on this machine, and the hub cannot be reached" in done.stderr


def test_a_card_is_toml(folder):
    import tomllib

    told = CliRunner().invoke(app, ["describe", f"transformers/{folder}", "--card"])
    (table,) = tomllib.loads(told.output).values()
    assert table["license"] == "apache-2.0"
    assert table["parts"]["llm"] == "llama, 2 layers of 64"


@pytest.mark.parametrize(
    ("tensor", "part"),
    [
        ("model.visual.blocks.0.attn.qkv.weight", "encoder"),
        ("visual.merger.mlp.0.weight", "input_projector"),
        ("model.connector.modality_projection.proj.weight", "input_projector"),
        ("qformer.encoder.layer.0.attention.weight", "input_projector"),
        ("model.layers.0.self_attn.q_proj.weight", "llm"),
        ("lm_head.weight", "llm"),
        ("model.audio_tower.layers.0.fc1.weight", "encoder"),
        ("model.generation_head.proj_out.weight", "output_projector"),
        ("model.vqmodel.decoder.conv_in.weight", "generator"),
        ("model.vqmodel.encoder.conv_in.weight", "encoder"),
        ("talker.model.layers.0.mlp.weight", "generator"),
        ("code2wav.dit.0.weight", "generator"),
        ("something.else", None),
    ],
)
def test_tensors_belong_to_parts(tensor, part):
    assert part_of(tensor) == part
