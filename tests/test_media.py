"""Pictures: what a header tells, what is refused, and how limits are met."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from mmeval import Audio, Capabilities, FatalError, MediaError, Options, Text, media

CAPABILITIES = Capabilities(version="1", inputs=frozenset({"text", "image"}), options=Options)


def drawn(kind: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **how) -> bytes:
    """A picture whose left half is red, with noise, so that it does not compress to nothing."""
    picture = Pillow.effect_noise(size, 80).convert(mode)
    picture.paste(Pillow.new(mode, (size[0] // 2, size[1]), "red" if mode not in ("1", "L", "P") else 1))
    buffer = io.BytesIO()
    picture.save(buffer, kind, **how)
    return buffer.getvalue()


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that claims to be huge."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "mime"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif"), ("WEBP", "image/webp"),
     ("BMP", "image/bmp"), ("TIFF", "image/tiff")],
)  # fmt: skip
def test_header(kind, mime):
    data = drawn(kind)
    picture = media.image(data, source="here")
    assert (picture.mime, picture.width, picture.height, picture.source) == (mime, 60, 40, "here")
    assert picture.data is data
    media.intact(picture)
    media.check(picture)


def test_header_of_a_jpeg_with_a_thumbnail_in_its_exif():
    exif = Pillow.Exif()
    exif[0x0112] = 6
    data = drawn("JPEG", exif=exif.tobytes() + drawn("JPEG", size=(8, 8)), progressive=True)
    assert (media.image(data).width, media.image(data).height) == (60, 40)


BROKEN = {
    "empty": b"",
    "text": b"hello",
    "png head": drawn()[:20],
    "png cut": drawn()[:-30],
    "png flipped": drawn()[:200] + b"\xff" + drawn()[201:],
    "jpeg head": drawn("JPEG")[:10],
    "jpeg cut": drawn("JPEG")[:-100],
    "gif cut": drawn("GIF")[:200],
    "webp cut": drawn("WEBP")[:-20],
    "bmp cut": drawn("BMP")[:-20],
    "bomb": bomb(),
    "small bomb": bomb(12_000, 12_000),
    "nothing to see": bomb(0, 5),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_broken_pictures_are_media_errors_that_name_their_source(data):
    picture = media.image(data, source="row 7")
    with pytest.raises(MediaError, match="row 7"):
        media.admit((Text("?"), picture), CAPABILITIES)
    with pytest.raises(MediaError):
        media.thumbnail(picture)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([drawn(), drawn("JPEG"), drawn("GIF"), drawn("WEBP")]), st.data())
def test_any_damage_is_a_media_error_or_nothing(data, draw):
    cut = draw.draw(st.integers(0, len(data)))
    flip = draw.draw(st.integers(0, max(0, cut - 1)))
    damaged = data[:flip] + bytes([data[flip] ^ draw.draw(st.integers(1, 255))]) + data[flip + 1 : cut] if cut else b""
    try:
        media.check(media.image(damaged))
        media.intact(media.image(damaged))
    except MediaError:
        pass


def test_a_jpeg_with_trailing_bytes_is_whole():
    media.intact(media.image(drawn("JPEG") + b"\0\0trailer"))


def test_within_the_limits_nothing_is_touched():
    prompt = (Text("?"), media.image(drawn()), media.image(drawn("JPEG")))
    capabilities = replace(
        CAPABILITIES, max_images=2, max_image_bytes=50_000, max_image_pixels=2400, max_image_side=((2, 60),)
    )
    media.admit(prompt, capabilities)
    assert media.fit(prompt, capabilities) is prompt
    assert media.fits(prompt, capabilities)


@pytest.mark.parametrize(
    ("data", "limits", "mime", "size"),
    [
        (drawn("PNG", (400, 200)), {"max_image_pixels": 20_000}, "image/png", (200, 100)),
        (drawn("JPEG", (400, 200)), {"max_image_pixels": 20_000}, "image/jpeg", (200, 100)),
        (drawn("PNG", (400, 200)), {"max_image_side": ((1, 100), (9, 50))}, "image/png", (100, 50)),
        (drawn("PNG", (400, 200)), {"max_image_bytes": 30_000}, "image/jpeg", (400, 200)),
        (drawn("PNG", (400, 200)), {"max_image_bytes": 4_000}, "image/jpeg", None),
        (drawn("BMP"), {}, "image/png", (60, 40)),
        (drawn("TIFF", mode="CMYK"), {}, "image/png", (60, 40)),
        (drawn("GIF", mode="P"), {"image_mimes": frozenset({"image/jpeg"})}, "image/jpeg", (60, 40)),
        (drawn("PNG", mode="RGBA"), {"image_mimes": frozenset({"image/jpeg"})}, "image/jpeg", (60, 40)),
        (drawn("PNG", mode="LA"), {"max_image_side": ((9, 30),)}, "image/png", (30, 20)),
        (drawn("PNG", mode="1"), {"max_image_side": ((9, 30),)}, "image/png", (30, 20)),
    ],
)
def test_over_a_limit_it_is_written_again(data, limits, mime, size):
    capabilities = replace(CAPABILITIES, **limits)
    prompt = (Text("?"), media.image(data, source="row 7"))
    media.admit(prompt, capabilities)
    assert not media.fits(prompt, capabilities)
    fitted = media.fit(prompt, capabilities)[1]
    assert (fitted.mime, fitted.source) == (mime, "row 7")
    assert size is None or (fitted.width, fitted.height) == size
    assert len(fitted.data) <= (capabilities.max_image_bytes or len(fitted.data))
    assert media.fit(prompt, capabilities)[1].sha256 == fitted.sha256, "not deterministic"
    assert media.fit((Text("?"), fitted), capabilities)[1] is fitted
    if Pillow.open(io.BytesIO(data)).mode in ("RGB", "RGBA"):
        red, _, blue = Pillow.open(io.BytesIO(fitted.data)).convert("RGB").getpixel((2, 2))
        assert (red > 180, blue < 80) == (True, True)


def test_a_turned_photograph_is_upright_after_writing():
    exif = Pillow.Exif()
    exif[0x0112] = 6  # the camera lay on its side
    picture = media.image(drawn("JPEG", (400, 200), exif=exif.tobytes()))
    fitted = media.fit((picture,), replace(CAPABILITIES, max_image_side=((1, 100),)))[0]
    assert (fitted.width, fitted.height) == (50, 100)


@pytest.mark.parametrize(
    ("prompt", "limits", "says"),
    [
        ((media.image(drawn()),) * 3, {"max_images": 2}, "3 images"),
        ((media.image(drawn()),), {"inputs": frozenset({"text"})}, "no image"),
        ((Audio(b"", "audio/wav", "0" * 64),), {}, "no audio"),
    ],
)
def test_what_a_model_does_not_take_is_unsupported(prompt, limits, says):
    with pytest.raises(FatalError, match=says) as caught:
        media.admit(prompt, replace(CAPABILITIES, **limits))
    assert caught.value.kind == "unsupported"


def test_what_cannot_be_made_small_enough_is_a_media_error():
    with pytest.raises(MediaError, match="smaller than 10 bytes"):
        media.fit((media.image(drawn()),), replace(CAPABILITIES, max_image_bytes=10))


@pytest.mark.parametrize("data", [drawn("PNG", (900, 1800)), drawn("PNG", mode="RGBA"), drawn("GIF", mode="P")])
def test_thumbnails_are_small_webp(data):
    small = media.thumbnail(media.image(data))
    assert len(small) <= media.THUMBNAIL_BYTES
    opened = media.image(small)
    assert opened.mime == "image/webp"
    assert max(opened.width, opened.height) <= 512


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_with(*chunks: bytes, drawn_size: tuple[int, int] = (60, 40), size: tuple[int, int] = (60, 40)) -> bytes:
    """A PNG with more chunks after its header, which may claim another size."""
    plain = drawn(size=drawn_size)
    header = struct.pack(">II", *size) + plain[24:29]
    return plain[:8] + chunk(b"IHDR", header) + b"".join(chunks) + plain[33:]


def animated(kind: str, frames: int = 2) -> bytes:
    pictures = [Pillow.new("RGB", (60, 40), (i * 5 % 256, 9, 9)) for i in range(frames)]
    buffer = io.BytesIO()
    pictures[0].save(buffer, kind, save_all=True, append_images=pictures[1:], duration=50)
    return buffer.getvalue()


def gif_screen(width: int, height: int) -> bytes:
    """A GIF of 60 x 40 pixels whose screen has another size."""
    data = drawn("GIF")
    return data[:6] + struct.pack("<HH", width, height) + data[10:]


def webp_canvas(width: int, height: int) -> bytes:
    data = drawn("WEBP", mode="RGBA", lossless=False, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0")
    assert data[12:16] == b"VP8X"
    return data[:24] + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little") + data[30:]


BOMB = zlib.compress(b"\0" * 20_000_000)
LYING = {
    "png claims more": png_with(size=(9000, 9000)),
    "jpeg claims more": drawn("JPEG").replace(struct.pack(">HH", 40, 60), struct.pack(">HH", 9000, 9000)),
    "webp claims more": webp_canvas(600, 400),
    "webp claims less": webp_canvas(6, 4),
    "zTXt": png_with(chunk(b"zTXt", b"Comment\0\0" + BOMB)),
    "iTXt": png_with(chunk(b"iTXt", b"Comment\0\1\0en\0Kommentar\0" + BOMB)),
    "iCCP": png_with(chunk(b"iCCP", b"icc\0\0" + BOMB)),
    "many zTXt": png_with(*[chunk(b"zTXt", b"C\0\0" + zlib.compress(b"\0" * 1_500_000))] * 9),
}


@pytest.mark.parametrize("data", LYING.values(), ids=LYING)
def test_a_picture_that_lies_is_refused_without_being_unpacked(data: bytes) -> None:
    assert len(data) < 100_000
    with pytest.raises(MediaError, match="row 7"):
        media.admit((Text("?"), media.image(data, source="row 7")), CAPABILITIES)


MORE_THAN_A_PICTURE = {
    "GIF": lambda: animated("GIF", 500),
    "WEBP": lambda: animated("WEBP", 300),
    "APNG": lambda: animated("PNG", 300),
    "GIF on a larger screen": lambda: gif_screen(600, 400),
    "GIF on a smaller screen": lambda: gif_screen(6, 4),
    "PNG claims less": lambda: png_with(drawn_size=(60, 400), size=(60, 40)),
}


@pytest.mark.parametrize("made", MORE_THAN_A_PICTURE.values(), ids=MORE_THAN_A_PICTURE)
def test_what_holds_more_than_one_picture_is_sent_as_one(made: Callable[[], bytes]) -> None:
    prompt = (Text("?"), media.image(made()))
    media.admit(prompt, CAPABILITIES)
    assert not media.fits(prompt, CAPABILITIES)
    fitted = media.fit(prompt, CAPABILITIES)
    assert fitted == media.fit(prompt, CAPABILITIES)
    assert media.fits(fitted, CAPABILITIES)
    assert fitted[1].mime == "image/png"
    opened = Pillow.open(io.BytesIO(fitted[1].data))
    assert getattr(opened, "n_frames", 1) == 1
    assert opened.size == (fitted[1].width, fitted[1].height)


ORDINARY = {
    **{kind: drawn(kind) for kind in ("PNG", "JPEG", "GIF", "WEBP")},
    "lossless WebP": drawn("WEBP", lossless=True),
    "WebP with alpha and EXIF": webp_canvas(60, 40),
    "progressive JPEG": drawn("JPEG", progressive=True),
    "palette": drawn("PNG", mode="P"),
    "1 bit": drawn("PNG", mode="1"),
    "GIF with a comment": drawn("GIF", comment=b"x" * 700),
    "PNG with a profile": drawn("PNG", icc_profile=b"p" * 3000),
}


@pytest.mark.parametrize("data", ORDINARY.values(), ids=ORDINARY)
def test_an_ordinary_picture_keeps_its_bytes(data: bytes) -> None:
    prompt = (media.image(data),)
    media.admit(prompt, CAPABILITIES)
    assert media.fit(prompt, CAPABILITIES) is prompt


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_large_picture_of_one_colour_does_not_look_like_a_lie(kind: str) -> None:
    buffer = io.BytesIO()
    Pillow.new("RGB", (4000, 4000), "red").save(buffer, kind, **({"optimize": True} if kind == "JPEG" else {}))
    media.admit((media.image(buffer.getvalue()),), CAPABILITIES)


def test_the_policy_is_plain_json():
    capabilities = replace(CAPABILITIES, max_image_side=((20, 8000),), max_images=5)
    assert media.policy(capabilities) == {
        "name": "fit/1", "images": 5, "bytes": None, "pixels": None, "side": [[20, 8000]],
        "mimes": ["image/gif", "image/jpeg", "image/png", "image/webp"],
    }  # fmt: skip
