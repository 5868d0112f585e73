"""What happens to an upload before it is stored: validated by its content, turned upright, and cleaned.

Only reads files; knows no people and no database. Runs in the threads of the decoder (`imaging`).
"""

from __future__ import annotations

import contextlib
import io
import math
import warnings
from collections.abc import Iterator
from pathlib import Path

from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError
from pillow_heif import register_heif_opener

from instagram_clone.domain.core.errors import Invalid
from instagram_clone.domain.media import imaging
from instagram_clone.domain.media.decoding import MAX_DECODED_BYTES, bytes_to_open, coefficient_bytes

MAX_BYTES = 30 * 1024 * 1024
MAX_PIXELS = 80_000_000

MASTER_SIDE = 3072
"""Longest side of the cleaned picture that crops are cut from, in pixels."""
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF")
MIN_SIDE = 16

MAX_ASPECT = 10.0


STRIP_MIN_PIXELS = 30_000_000
STRIP_ROWS = 128
"""Pictures of at least STRIP_MIN_PIXELS pixels, and those of few colours, are scaled in strips of
STRIP_ROWS rows of the result.
"""

MAX_SCANS = 100
"""Each scan of a progressive JPEG covers the whole picture; encoders produce about ten."""

_TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""The transposition that makes a picture upright, by its EXIF orientation."""

_FORMATS_HINT = "Use a JPEG, PNG, WebP, HEIC, AVIF or GIF photo."
_TOO_MANY_PIXELS = "This photo has more than 80 megapixels. Choose a smaller one."
_FOREIGN = (
    *(b"<?php", b"<script", b"<html", b"<!doctype", b"%pdf-", b"pk\x05\x06\0\0\0\0"),
    *(b"<svg" + end for end in (b" ", b"\t", b"\n", b"\r", b"\f", b"/", b">")),
)
"""At least five bytes each: compressed data contains shorter ones by chance, in one photo of thousands."""
_ENDS_BYTES = 65_536
_SRGB = ImageCms.createProfile("sRGB")

register_heif_opener()


async def clean_in_thread(path: Path) -> tuple[bytes, int, int]:
    """Like `clean`, but off the event loop and within the decoder's memory limit."""
    return await imaging.decoder.run(clean, path, size=await imaging.run(inspect, path))


def inspect(path: Path) -> int:
    """Return how many bytes reading an upload takes, going by its header. Raises Invalid, like `clean`."""
    if path.stat().st_size > MAX_BYTES:
        raise Invalid("This photo is larger than 30 MB. Choose a smaller one.", "photo")
    with _open(path) as picture:
        return _inspect(picture, path)


def clean(path: Path) -> tuple[bytes, int, int]:
    """Read an upload; return a clean, upright sRGB JPEG of it, its width and its height.

    Raises Invalid with a message for the person who chose the file.
    """
    inspect(path)
    with _open(path) as picture:
        _shrink(picture)
        return _clean_picture(picture)


@contextlib.contextmanager
def _open(path: Path) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=FORMATS) as picture:
                yield picture
    except Invalid:
        raise
    except Image.DecompressionBombError:
        raise Invalid(_TOO_MANY_PIXELS, "photo") from None
    except UnidentifiedImageError:
        raise Invalid(f"This file is not a photo we can read. {_FORMATS_HINT}", "photo") from None
    except Exception:
        # Damaged files make decoders fail in every possible way; all of them mean the same.
        raise Invalid("This photo is damaged or incomplete. Try saving it again.", "photo") from None


def _refuse_polyglot(path: Path) -> None:
    """Refuse a file that is also something else, which would hide before or after the pixels."""
    with path.open("rb") as file:
        ends = file.read(_ENDS_BYTES)
        file.seek(max(0, path.stat().st_size - _ENDS_BYTES))
        ends += file.read()
    ends = ends.lower()
    if any(mark in ends for mark in _FOREIGN):
        raise Invalid("This file contains more than a photo. Save just the picture and try again.", "photo")


def _inspect(picture: Image.Image, path: Path) -> int:
    wide, high = picture.size
    if wide * high > MAX_PIXELS:
        raise Invalid(_TOO_MANY_PIXELS, "photo")
    if min(wide, high) < MIN_SIDE:
        raise Invalid("This photo is too small. Choose a larger one.", "photo")
    if max(wide, high) / min(wide, high) > MAX_ASPECT:
        raise Invalid("This photo is too long and thin to show. Crop it first.", "photo")
    _refuse_polyglot(path)
    coefficients = coefficient_bytes(picture)
    _shrink(picture)
    size = bytes_to_open(picture) + coefficients
    if size > MAX_DECODED_BYTES or (coefficients and _scans(path) > MAX_SCANS):
        raise Invalid("This photo takes too much memory to open. Save it smaller and try again.", "photo")
    return size


def _shrink(picture: Image.Image) -> None:
    """Have a JPEG decoded at 1/2, 1/4 or 1/8 scale, never below what the master needs."""
    picture.draft("RGB", (MASTER_SIDE, MASTER_SIDE))


def _scans(path: Path) -> int:
    """Count the scans of a JPEG by their marker, which never occurs in compressed data."""
    return path.read_bytes().count(b"\xff\xda")


def _clean_picture(picture: Image.Image) -> tuple[bytes, int, int]:
    picture.load()
    profile = picture.info.get("icc_profile")
    transposition = _TRANSPOSITIONS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    flat = _to_srgb(_scale(picture), profile)
    if transposition is not None:
        flat = flat.transpose(transposition)
    # A new image carries over no metadata of the old one (EXIF, GPS, XMP, thumbnails).
    fresh = Image.new("RGB", flat.size)
    fresh.paste(flat)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=93, subsampling=0)
    return out.getvalue(), fresh.width, fresh.height


def _scale(picture: Image.Image) -> Image.Image:
    """Scale a picture down to a master and make it opaque. A large one is processed in strips; otherwise
    one with transparency would be copied whole, twice. So is one of few colours, which Pillow would scale
    by dropping pixels unless it is made RGB first.
    """
    wide, high = picture.size
    scale = max(wide, high) / MASTER_SIDE
    in_strips = wide * high >= STRIP_MIN_PIXELS or picture.mode in ("P", "1")
    if scale <= 1 or not in_strips:
        picture.thumbnail((MASTER_SIDE, MASTER_SIDE), Image.Resampling.LANCZOS)
        return _flatten(picture)
    width, height = max(1, round(wide / scale)), max(1, round(high / scale))
    master: Image.Image | None = None
    for top in range(0, height, STRIP_ROWS):
        bottom = min(height, top + STRIP_ROWS)
        # The filter reaches three rows of the result in either direction.
        first, last = max(0, top - 4) * high / height, min(height, bottom + 4) * high / height
        above, below = math.floor(first), math.ceil(last)
        strip = _flatten(picture.crop((0, above, wide, below)))
        box = (0, first - above, wide, last - above)
        rows = min(height, bottom + 4) - max(0, top - 4)
        strip = strip.resize((width, rows), Image.Resampling.LANCZOS, box=box)
        if master is None:
            master = Image.new(strip.mode, (width, height))
        master.paste(strip.crop((0, min(4, top), width, min(4, top) + bottom - top)), (0, top))
    assert master is not None, "a picture has rows"
    return master


def _flatten(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    if picture.mode in ("I;16", "I", "F"):
        return picture.point(lambda value: value / 256).convert("L").convert("RGB")
    return picture.convert("RGB") if picture.mode in ("P", "1") else picture


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, _SRGB, outputMode="RGB")
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError):
            pass  # An unreadable profile is as good as none.
    return picture.convert("RGB")
