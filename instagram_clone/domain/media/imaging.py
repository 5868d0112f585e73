"""What happens to a cleaned picture: cut to a shape, scaled to every width, drawn as a placeholder.

Works on bytes only; knows no people and no database. Everything here is slow and runs in the threads of a
decoder, within its memory limit.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import thumbhash
from PIL import Image

from instagram_clone.domain.core.errors import Invalid
from instagram_clone.domain.media.decoding import Decoder

WIDTHS = (320, 640, 828, 1080, 2048)
"""Widths of the renditions in pixels, as far as the photo is wide enough."""

DENSE_PHONE_WIDTH = 828
"""The rendition for phones with more than two device pixels per CSS pixel."""

QUALITY = 82
MIN_LONG_SIDE = 320
"""Minimum longer side of a post or an avatar: anything smaller is scaled up on every screen."""
POST_ASPECTS = (0.8, 1.91)
"""Narrowest and widest aspect ratio (width / height) that the feed and the composer support."""

# The package's decoder has a stray print; shadowing the name in its module silences it.
setattr(thumbhash, "print", lambda *_: None)  # noqa: B010

Result = TypeVar("Result")

decoder = Decoder()


@dataclass(frozen=True)
class Crop:
    """A part of an upright picture: its corner and size as fractions of the whole, each 0 to 1."""

    x: float = 0.0
    y: float = 0.0
    width: float = 1.0
    height: float = 1.0


@dataclass(frozen=True)
class Rendered:
    """A finished photo: the size of its largest rendition, a WebP for each width, a placeholder.

    `placeholder` is its ThumbHash drawn as a data URI of some 200 bytes; `thumbhash` is base64.
    """

    width: int
    height: int
    files: dict[int, bytes]
    thumbhash: str
    placeholder: str


async def run(work: Callable[..., Result], *args: object) -> Result:
    """Run slow work that needs little memory off the event loop, at most one job per core at a time."""
    return await decoder.run(work, *args)


def render(master: bytes, crop: Crop) -> Rendered:
    """Crop a clean picture and scale it to every width, never enlarging it."""
    with Image.open(io.BytesIO(master), formats=("JPEG",)) as opened:
        picture = opened.convert("RGB")
    wide, high = picture.size
    left, top = round(crop.x * wide), round(crop.y * high)
    right = min(wide, max(left + 1, round((crop.x + crop.width) * wide)))
    bottom = min(high, max(top + 1, round((crop.y + crop.height) * high)))
    if (left, top, right, bottom) != (0, 0, wide, high):
        picture = picture.crop((left, top, right, bottom))
    largest = min(picture.width, WIDTHS[-1])
    files: dict[int, bytes] = {}
    size = picture.size
    # From large to small, each scaled from the one before, which is cheaper than always from the whole.
    for width in sorted({largest, *(width for width in WIDTHS if width < largest)}, reverse=True):
        height = max(1, round(picture.height * width / picture.width))
        if picture.width != width:
            picture = picture.resize((width, height), Image.Resampling.LANCZOS)
        if width == largest:
            size = picture.size
        files[width] = _webp(picture)
    hashed, placeholder = _placeholder(picture)
    return Rendered(size[0], size[1], files, hashed, placeholder)


def preview(master: bytes) -> bytes:
    """Return a small WebP of a clean picture, for browsers that cannot show the original."""
    with Image.open(io.BytesIO(master), formats=("JPEG",)) as opened:
        opened.draft("RGB", (1080, 1080))
        picture = opened.convert("RGB")
    picture.thumbnail((1080, 1080))
    return _webp(picture)


def check_crop(x: float, y: float, width: float, height: float) -> Crop:
    """Return a crop whose numbers make sense. Raises Invalid."""
    numbers = (x, y, width, height)
    fits = all(isinstance(number, int | float) and 0 <= number <= 1 for number in numbers)
    if not fits or width < 0.02 or height < 0.02 or x + width > 1.001 or y + height > 1.001:
        raise Invalid("That crop does not fit the photo. Choose it again.", "photo")
    return Crop(float(x), float(y), float(width), float(height))


def check_large_enough(width: int, height: int) -> None:
    """Refuse a picture that is too small for a post or an avatar. Raises Invalid."""
    if max(width, height) < MIN_LONG_SIDE:
        raise Invalid(
            f"This photo is too small. Choose one of at least {MIN_LONG_SIDE} px on its longer side.",
            "photo",
        )


def fit_post_aspect(crop: Crop, width: int, height: int) -> Crop:
    """Return the middle of a crop, in a shape allowed for posts; the crop itself if its shape already is.

    `width` and `height` are those of the whole picture.
    """
    narrowest, widest = POST_ASPECTS
    aspect = (crop.width * width) / (crop.height * height)
    wide = crop.width * min(1.0, widest / aspect)
    high = crop.height * min(1.0, aspect / narrowest)
    return Crop(crop.x + (crop.width - wide) / 2, crop.y + (crop.height - high) / 2, wide, high)


def _webp(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=2)
    return out.getvalue()


def _placeholder(picture: Image.Image) -> tuple[str, str]:
    # ThumbHash is pure Python: 32 pixels hold all the detail it keeps, and take 10 ms instead of 100.
    small = picture.copy()
    small.thumbnail((32, 32))
    rgba = list(small.convert("RGBA").tobytes())
    code = thumbhash.rgba_to_thumb_hash(small.width, small.height, rgba)
    wide, high, pixels = thumbhash.thumb_hash_to_rgba(code)
    drawn = Image.frombytes("RGBA", (wide, high), bytes(pixels)).convert("RGB")
    out = io.BytesIO()
    drawn.save(out, "WEBP", quality=40, method=4)
    uri = f"data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}"
    return base64.b64encode(bytes(code)).decode(), uri
