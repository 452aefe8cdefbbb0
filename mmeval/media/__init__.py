"""Media: probe, check, and bring within the limits of a model."""

from mmeval.media.images import MAX_PIXELS, THUMBNAIL_BYTES, admit, check, fit, fits, image, intact, policy, thumbnail

__all__ = ["MAX_PIXELS", "THUMBNAIL_BYTES", "admit", "check", "fit", "fits", "image", "intact", "policy", "thumbnail"]
