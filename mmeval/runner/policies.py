"""The policies of a run for its media, as `run.json` records them."""

from __future__ import annotations

from typing import Any

from mmeval import media
from mmeval.definitions import Benchmark, Capabilities
from mmeval.engine.options import Settings
from mmeval.sampling import ImagePolicy, audio_policy, image_policy, video_policy

__all__ = ["recorded"]


def recorded(bench: Benchmark, settings: Settings, capabilities: Capabilities) -> dict[str, Any]:
    """The sizes of pictures, where a run limits them; how films and sounds are shown, and what decodes them."""
    size = image_policy(settings.image or "native")
    image = {"image": size.describe()} if size != ImagePolicy() else {}
    film = media.counted(video_policy(settings.video or bench.video), capabilities) if bench.video else None
    video = {"video": film.describe()} if film else {}
    audio = {"audio": audio_policy(settings.audio or bench.audio).describe()} if bench.audio else {}
    return {**image, **video, **audio, **({"decoder": media.decoder_version()} if video or audio else {})}
