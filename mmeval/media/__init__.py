"""Media: probe, check, and bring within the limits of a model."""

from mmeval.media.decoder import Decoder, decoder, decoder_version, worked
from mmeval.media.films import Shown, audio, counted, facts, moving, shown, video, wanted, with_policy
from mmeval.media.images import (
    MAX_PIXELS,
    THUMBNAIL_BYTES,
    admit,
    check,
    fit,
    fits,
    image,
    intact,
    policy,
    sent,
    sizes,
    thumbnail,
)
from mmeval.media.kept import Kept
from mmeval.media.made import inspect, load, of_kind, reference, save, seconds_of
from mmeval.media.masks import runs
from mmeval.media.posters import WAVE, small_sound, strip, wave_form

__all__ = [
    "MAX_PIXELS", "THUMBNAIL_BYTES", "WAVE", "Decoder", "Kept", "Shown", "admit", "audio", "check", "counted",
    "decoder", "decoder_version", "facts", "fit", "fits", "image", "inspect", "intact", "load", "moving", "of_kind",
    "policy", "reference", "runs", "save", "seconds_of", "sent", "shown", "sizes", "small_sound", "strip", "thumbnail",
    "video", "wanted", "wave_form", "with_policy", "worked",
]  # fmt: skip
