"""How photos are processed, tested with real ones."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw
from sklearn.datasets import load_sample_image

from instagram_clone.domain.core.errors import Invalid
from instagram_clone.domain.media import cleaning, imaging
from instagram_clone.domain.media.imaging import Crop
from tests.conftest import file_of, picture

FLOWER = Image.fromarray(load_sample_image("flower.jpg"))


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def open_image(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF"])
def test_all_common_photo_formats_are_read(kind: str) -> None:
    master, width, height = cleaning.clean(file_of(encode(FLOWER, kind)))
    assert (width, height) == FLOWER.size
    assert open_image(master).format == "JPEG"


def test_renditions_are_webp_of_each_width_and_never_enlarged() -> None:
    big = FLOWER.resize((2560, 1708))
    master, _, _ = cleaning.clean(file_of(encode(big, "JPEG")))
    done = imaging.render(master, Crop())
    assert sorted(done.files) == [320, 640, 828, 1080, 2048]
    for width, content in done.files.items():
        assert open_image(content).format == "WEBP" and open_image(content).width == width
    assert (done.width, done.height) == (2048, 1366)
    small, _, _ = cleaning.clean(file_of(picture(500, 400)))
    assert sorted(imaging.render(small, Crop()).files) == [320, 500]


def test_a_placeholder_is_a_small_data_uri_of_the_thumbhash() -> None:
    master, _, _ = cleaning.clean(file_of(encode(FLOWER, "JPEG")))
    done = imaging.render(master, Crop())
    assert done.placeholder.startswith("data:image/webp;base64,") and len(done.placeholder) < 700
    assert 20 < len(done.thumbhash) < 40


def test_a_photo_is_turned_upright_and_its_metadata_removed() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn to the right
    exif[0x010F] = "SECRETCAM"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.34)
    content = encode(FLOWER, "JPEG", exif=exif, comment=b"SECRETCOMMENT", xmp=b"<x>SECRETXMP</x>")
    assert b"SECRETCAM" in content and b"SECRETCOMMENT" in content and b"SECRETXMP" in content
    master, width, height = cleaning.clean(file_of(content))
    assert (width, height) == (FLOWER.height, FLOWER.width)
    done = imaging.render(master, Crop())
    for stored in (master, imaging.preview(master), *done.files.values()):
        assert b"SECRET" not in stored and b"Exif" not in stored and b"GPS" not in stored
        assert not open_image(stored).getexif() and "icc_profile" not in open_image(stored).info


def test_colours_are_converted_to_srgb() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # A profile whose red is sRGB's blue, and the other way round.
    swapped = srgb.replace(b"rXYZ", b"tmp0").replace(b"bXYZ", b"rXYZ").replace(b"tmp0", b"bXYZ")
    red = Image.new("RGB", (64, 64), (200, 40, 40))
    master = cleaning.clean(file_of(encode(red, "PNG", icc_profile=swapped)))[0]
    r, _, b = open_image(master).getpixel((9, 9))  # pyright: ignore
    assert r < 60 and b > 180


def test_a_profile_that_does_not_fit_the_picture_is_ignored() -> None:
    display = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB", 6500))
    red = Image.new("RGB", (64, 64), (200, 40, 40))
    plain = cleaning.clean(file_of(encode(red, "PNG")))[0]
    odd = cleaning.clean(file_of(encode(red, "PNG", icc_profile=display.tobytes())))[0]
    assert abs(open_image(plain).getpixel((9, 9))[0] - open_image(odd).getpixel((9, 9))[0]) < 4  # pyright: ignore


def test_a_transparent_picture_gets_a_white_background() -> None:
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    ImageDraw.Draw(clear).rectangle((0, 0, 20, 63), "black")
    master = cleaning.clean(file_of(encode(clear, "PNG")))[0]
    assert open_image(master).getpixel((50, 10)) == (255, 255, 255)


def test_a_crop_is_cut_from_the_whole() -> None:
    image = Image.new("RGB", (400, 200), "red")
    image.paste("blue", (200, 0, 400, 200))
    master = cleaning.clean(file_of(encode(image, "PNG")))[0]
    done = imaging.render(master, Crop(0.5, 0, 0.5, 1))
    assert (done.width, done.height) == (200, 200)
    red, _, blue = open_image(done.files[200]).convert("RGB").getpixel((100, 100))  # pyright: ignore
    assert blue > 240 and red < 15


FRACTION = st.floats(0.02, 1)


@given(st.integers(16, 3072), st.integers(16, 3072), FRACTION, FRACTION, st.floats(0, 1), st.floats(0, 1))
def test_a_posts_aspect_ratio_fits_every_screen(
    width: int, height: int, wide: float, high: float, x: float, y: float
) -> None:
    crop = Crop(x * (1 - wide), y * (1 - high), wide, high)
    fitted = imaging.fit_post_aspect(crop, width, height)
    narrowest, widest = imaging.POST_ASPECTS
    aspect = fitted.width * width / (fitted.height * height)
    assert narrowest - 1e-9 <= aspect <= widest + 1e-9
    # It keeps the middle of the requested crop and all of one side; a crop that fits is not cut further.
    assert fitted.x + fitted.width / 2 == pytest.approx(crop.x + wide / 2)
    assert fitted.y + fitted.height / 2 == pytest.approx(crop.y + high / 2)
    assert fitted.width == wide or fitted.height == high
    refitted = imaging.fit_post_aspect(fitted, width, height)
    assert (refitted.width, refitted.height) == pytest.approx((fitted.width, fitted.height))


@pytest.mark.parametrize(
    "crop",
    [
        (-0.1, 0, 1, 1),
        (0, 0, 0, 1),
        (0.6, 0, 0.6, 1),
        (0, 0, float("nan"), 1),
        ("0", 0, 1, 1),
        (0, 0, 2, 1),
    ],
)
def test_a_crop_that_does_not_fit_is_refused(crop: tuple) -> None:
    with pytest.raises(Invalid):
        imaging.check_crop(*crop)


def bomb() -> bytes:
    """Return a PNG of a few hundred bytes that claims to have 30,000 x 30,000 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 5000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")


REFUSED = {
    "an empty file": (b"", "not a photo"),
    "text": (b"Dear photo, where are you?", "not a photo"),
    "a script": (b"import os\nos.system('x')\n", "not a photo"),
    "a web page": (b"<html><script>alert(1)</script></html>", "not a photo"),
    "an svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "not a photo"),
    "a tiff": (encode(FLOWER.resize((64, 64)), "TIFF"), "not a photo"),
    "a bitmap": (encode(FLOWER.resize((64, 64)), "BMP"), "not a photo"),
    "a truncated photo": (encode(FLOWER, "JPEG")[:9000], "damaged"),
    "a decompression bomb": (bomb(), "80 megapixels"),
    "a photo and a program": (
        encode(FLOWER, "JPEG") + b"<?php system('x') ?>",
        "contains more than a photo",
    ),
    "a photo and a page": (
        encode(FLOWER, "JPEG", comment=b"<script>alert(1)</script>"),
        "contains more than a photo",
    ),
    "a photo and an archive": (
        encode(FLOWER, "PNG") + b"PK\x05\x06" + b"\0" * 18,
        "contains more than a photo",
    ),
    "a tiny photo": (picture(8, 8), "too small"),
    "a very long photo": (picture(2000, 20), "too long"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_not_a_photo_is_refused_with_a_reason(name: str) -> None:
    content, words = REFUSED[name]
    with pytest.raises(Invalid) as refusal:
        cleaning.clean(file_of(content))
    assert words in str(refusal.value) and refusal.value.field == "photo"


@pytest.mark.parametrize("end", [b">", b"/onload=x>", b"\nonload=x>"])
def test_a_photo_and_a_drawing_is_refused(end: bytes) -> None:
    with pytest.raises(Invalid, match="contains more than a photo"):
        cleaning.clean(file_of(encode(FLOWER, "JPEG", comment=b"<SVG" + end)))


def test_pixels_that_look_like_the_start_of_a_mark_are_accepted() -> None:
    marks = b"<svg\x97pK\x05\x06\x81"
    image = Image.frombytes("P", (64, 64), (marks * 410)[: 64 * 64])
    image.putpalette(bytes(range(256)) * 3)
    content = encode(image, "PNG", compress_level=0)
    assert marks in content
    assert cleaning.clean(file_of(content))[1:] == (64, 64)


def test_a_jpeg_comment_is_not_stored() -> None:
    content = encode(FLOWER, "JPEG", comment=b"javascript:alert(1)")
    master = cleaning.clean(file_of(content))[0]
    assert b"alert" in content and b"alert" not in master


def test_a_file_over_thirty_megabytes_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "MAX_BYTES", 100)
    with pytest.raises(Invalid, match="30 MB"):
        cleaning.clean(file_of(picture()))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=30))
def test_a_damaged_file_is_read_or_refused_with_a_message(at: int, junk: bytes) -> None:
    content = bytearray(encode(FLOWER.resize((120, 90)), "PNG"))
    content[at : at + len(junk)] = junk
    path = file_of(bytes(content))
    try:
        cleaning.clean(path)
    except Invalid as refusal:
        assert str(refusal).endswith(".")
    finally:
        path.unlink()
