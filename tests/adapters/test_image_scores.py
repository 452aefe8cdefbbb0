"""Adapters that give images numbers: a head on features, optical flow, MUSIQ. Each against the libraries' own sums.

RAFT and MUSIQ need torchvision and pyiqa; where these are, `python -m pytest tests/adapters/test_image_scores.py`
compares them, too.
"""

from __future__ import annotations

import io
import pickle
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from mmeval import UsageError, media
from mmeval.types import Image, Text
from tests.local.test_similarity import ask, built, choice, clip

pytestmark = pytest.mark.local


def picture(pixels: Any) -> Image:
    out = io.BytesIO()
    Pillow.fromarray(np.asarray(pixels, dtype=np.uint8)).save(out, "PNG")
    return media.image(out.getvalue())


def square(x: int, *, size: tuple[int, int] = (96, 128), seed: int = 1) -> Image:
    """A patch of noise on grey, 40 pixels wide; `size` is (height, width)."""
    pixels = np.full((*size, 3), 230)
    pixels[28:68, x : x + 40] = np.random.default_rng(seed).integers(0, 200, (40, 40, 1))
    return picture(pixels)


NOISE = [picture(np.random.default_rng(seed).integers(0, 256, (60, 80, 3))) for seed in range(3)]
ODD = (132, 148)
"""Height and width of which RAFT needs the next multiple of 8."""


async def test_a_linear_head_rates_images(tmp_path: Path) -> None:
    import torch
    import transformers

    from mmeval.providers import decoded

    made = built(clip, tmp_path / "model")
    weight, bias = torch.randn(1, 16), torch.tensor([5.0])
    torch.save({"weight": weight, "bias": bias}, tmp_path / "head.pth")
    rated = choice(*NOISE, choices=("aesthetic", "highest"))
    how: dict[str, Any] = {"name": "aesthetic", "batch_size": 2, "head": str(tmp_path / "head.pth")}
    found, text, words = await ask(made, rated, choice(Text("?")), choice(NOISE[0], choices=("first",)), **how)
    model = transformers.AutoModel.from_pretrained(made).eval()
    pixels = transformers.AutoImageProcessor.from_pretrained(made)([decoded(x) for x in NOISE], return_tensors="pt")
    with torch.inference_mode():
        features = torch.nn.functional.normalize(model.get_image_features(**pixels).pooler_output, dim=-1)
    wanted = (features @ weight.T + bias)[:, 0].tolist()
    assert found.scores == pytest.approx([n for one in wanted for n in (one, 10.0)], abs=1e-5)
    assert "takes images, and nothing else" in str(text)
    assert "answers to `aesthetic` and `highest` alone" in str(words)
    wrong = {
        "needs -o head=FILE": None,
        "no such file": "gone.pth",
        "features of width 8, these have 16": {"weight": torch.ones(1, 8), "bias": bias},
        r"not a linear head .* but layers\.0\.weight \(4, 16\)": {"layers.0.weight": torch.ones(4, 16)},
        "not a file of tensors, or damaged": pickle.dumps(Path("/"), protocol=2),
        "something else than tensors": {"weight": 1.0},
    }
    for said, head in wrong.items():
        file = tmp_path / "wrong.pth"
        if isinstance(head, bytes):
            file.write_bytes(head)
        elif isinstance(head, dict):
            torch.save(head, file)
        with pytest.raises(UsageError, match=said):
            await ask(made, rated, name="aesthetic", head=head if head is None or isinstance(head, str) else str(file))


@pytest.mark.parametrize(
    ("places", "size", "moved"),
    [((30, 30, 34, 26), (96, 128), [0, 4, 8]), ((30, 36), (128, 96), [6])],
    ids=["stands still, then to and fro", "upright"],
)
async def test_flow_says_how_far_a_square_has_moved(places: Any, size: Any, moved: list[int]) -> None:
    """In pixels of an image whose shorter side is 256; the square has more than 5 % of the pixels."""
    asked = choice(*(square(x, size=size) for x in places), choices=("motion",))
    (found,) = await ask(Path("tvl1"), asked, name="flow")
    assert found.scores == pytest.approx([0, *(256 / 96 * one for one in moved)], rel=0.05)


async def test_what_flow_cannot_do_is_one_line(tmp_path: Path) -> None:
    import torch

    two = choice(square(30), square(30, size=(96, 130)), choices=("motion",))
    (sizes,) = await ask(Path("tvl1"), two, name="flow")
    assert "differ in size" in str(sizes)
    lacks = {("flow", "raft_large"): "pip install torchvision", ("quality", "musiq-spaq"): "pip install pyiqa"}
    torch.save({"a": torch.ones(1)}, file := tmp_path / "weights.pth")
    for (name, model), said in lacks.items():
        module = said.rpartition(" ")[2]
        wrong = said if find_spec(module) is None else "not weights of"
        with pytest.raises(UsageError, match=wrong):
            await ask(Path(model), two, name=name, weights=str(file))
    for name, model, weights, said in (
        ("flow", "pwc", None, "no such method; there are raft_large, tvl1"),
        ("flow", "tvl1", str(file), "tvl1 has no weights"),
        ("flow", "raft_large", "gone.pth", "no such file"),
        ("quality", "niqe", None, "no such model; there is musiq-spaq"),
        ("quality", "musiq-spaq", None, "needs -o weights=FILE"),
    ):
        with pytest.raises(UsageError, match=said):
            await ask(Path(model), two, name=name, weights=weights)


@pytest.mark.parametrize("given", [True, False], ids=["a file", "torch's cache"])
async def test_raft_is_torchvisions(given: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    models = pytest.importorskip("torchvision.models.optical_flow", exc_type=ImportError)
    torch.manual_seed(2)
    plain = models.raft_large().eval()
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    name = models.Raft_Large_Weights.C_T_V1.url.rpartition("/")[2]
    file = tmp_path / "hub" / "checkpoints" / name
    file.parent.mkdir(parents=True)
    torch.save(plain.state_dict(), file)
    images = [square(x, size=ODD) for x in (40, 48)]
    asked = choice(*images, choices=("motion",))
    (found,) = await ask(Path("raft_large"), asked, name="flow", weights=str(file) if given else None, device="cpu")
    one, other = (torch.from_numpy(np.array(Pillow.open(io.BytesIO(x.read())))).permute(2, 0, 1)[None] for x in images)
    filled = [torch.nn.functional.pad(2 * (x / 255.0) - 1, (2, 2, 2, 2), mode="replicate") for x in (one, other)]
    with torch.inference_mode():
        flow = plain(*filled, num_flow_updates=20)[-1][0]
    lengths = flow.square().sum(0).sqrt().flatten().sort(descending=True).values
    longest = lengths[: int(136 * 152 * 0.05)].mean()
    assert found.scores == pytest.approx([0, float(longest) * 256 / 132], rel=1e-4)


async def test_musiq_is_pyiqas(tmp_path: Path) -> None:
    import torch

    arch = pytest.importorskip("pyiqa.archs.musiq_arch", exc_type=ImportError)
    torch.manual_seed(2)
    plain = arch.MUSIQ(pretrained=False).eval()
    torch.save(plain.state_dict(), tmp_path / "musiq.pth")
    large = picture(np.random.default_rng(4).integers(0, 256, (300, 600, 3)))
    asked = choice(NOISE[0], large, choices=("quality", "highest"))
    how: dict[str, Any] = {"weights": str(tmp_path / "musiq.pth"), "device": "cpu"}
    (found,) = await ask(Path("musiq-spaq"), asked, name="quality", **how)
    pixels = [torch.from_numpy(np.array(Pillow.open(io.BytesIO(x.read())))).permute(2, 0, 1)[None] for x in
              (NOISE[0], large)]  # fmt: skip
    smaller = torch.nn.functional.interpolate(pixels[1].float(), size=(256, 512), mode="bilinear")
    with torch.inference_mode():
        wanted = [float(plain(x / 255)) for x in (pixels[0].float(), smaller)]
    assert found.scores == pytest.approx([wanted[0], 100, wanted[1], 100], rel=1e-4)
    assert wanted[0] != pytest.approx(wanted[1], rel=1e-4)
