"""Memory for decoding photos: known in advance, and shared so that no photo holds up the others."""

from __future__ import annotations

import asyncio
import io
import struct
import subprocess
import sys
import threading
import zlib

import pytest
from PIL import Image, ImageChops, ImageStat

from instagram_clone.domain.core.errors import Invalid
from instagram_clone.domain.media import cleaning, decoding
from instagram_clone.domain.media.decoding import MEGABYTE, Decoder
from tests.conftest import file_of
from tests.domain.media.test_imaging import FLOWER
from tests.server import PATIENCE_SECONDS, ROOT

MEASURE_PEAK = """
import re, sys
from pathlib import Path
from instagram_clone.domain.media import cleaning
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
before = peak()
cleaning.clean(Path(sys.argv[1]))
print(peak() - before)
"""


def deep_png(width: int, height: int) -> bytes:
    """Return a 16-bit PNG with transparency: a small file whose pixels take the most memory."""
    squeeze = zlib.compressobj(9)
    rows = b"".join(squeeze.compress(b"\0" + bytes(width * 8)) for _ in range(height)) + squeeze.flush()

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux reports the peak memory of a process.")
def test_decoding_80_megapixels_of_16_bits_takes_little_more_than_the_pixels() -> None:
    path = file_of(deep_png(10_000, 8_000))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE_PEAK, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert 300 * MEGABYTE < int(done.stdout) * 1024 < 500 * MEGABYTE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF"])
def test_a_photo_that_takes_too_much_memory_is_refused_before_decoding(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (640, 480)).save(out, kind)
    path = file_of(out.getvalue())
    size = cleaning.inspect(path)
    assert size >= 640 * 480
    assert cleaning.clean(path)[1:] == (640, 480)
    monkeypatch.setattr(cleaning, "MAX_DECODED_BYTES", size - 1)
    monkeypatch.setattr(cleaning, "_clean_picture", lambda _: pytest.fail("It was decoded."))
    with pytest.raises(Invalid, match="takes too much memory"):
        cleaning.clean(path)


def test_a_progressive_jpeg_keeps_all_coefficients_at_any_scale() -> None:
    sizes = {}
    for progressive in (False, True):
        out = io.BytesIO()
        Image.new("RGB", (7000, 7000)).save(out, "JPEG", progressive=progressive)
        sizes[progressive] = cleaning.inspect(file_of(out.getvalue()))
    assert sizes[False] == 3500 * 3500 * 4
    assert sizes[True] == sizes[False] + 7000 * 7000 * 3


def test_a_jpeg_with_too_many_scans_is_refused() -> None:
    out = io.BytesIO()
    FLOWER.save(out, "JPEG", progressive=True)
    assert cleaning.inspect(file_of(out.getvalue()))
    scan = out.getvalue()[out.getvalue().rindex(b"\xff\xda") : -2]
    with pytest.raises(Invalid, match="takes too much memory"):
        cleaning.inspect(file_of(out.getvalue()[:-2] + 100 * scan + b"\xff\xd9"))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "L"])
@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_scaling_in_strips_gives_the_same_picture(
    mode: str, orientation: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cleaning, "MASTER_SIDE", 500)
    exif = Image.Exif()
    exif[0x112] = orientation
    wide = FLOWER.convert("RGB").resize((1234, 777))
    if mode in ("RGBA", "LA"):
        wide.putalpha(Image.linear_gradient("L").resize(wide.size))
    out = io.BytesIO()
    wide.convert(mode).save(out, "PNG", exif=exif)
    path = file_of(out.getvalue())
    whole = Image.open(io.BytesIO(cleaning.clean(path)[0]))
    monkeypatch.setattr(cleaning, "STRIP_MIN_PIXELS", 0)
    striped = Image.open(io.BytesIO(cleaning.clean(path)[0]))
    assert striped.size == whole.size and max(whole.size) == 500
    assert mean_difference(whole, striped) < 1.5


def mean_difference(one: Image.Image, other: Image.Image) -> float:
    return ImageStat.Stat(ImageChops.difference(one.convert("L"), other.convert("L"))).mean[0]


@pytest.mark.parametrize("mode", ["P", "1"])
def test_a_picture_with_few_colours_is_scaled_smoothly(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "MASTER_SIDE", 500)
    few_colours = FLOWER.resize((1234, 777)).convert(mode)
    out = io.BytesIO()
    few_colours.save(out, "PNG")
    scaled = Image.open(io.BytesIO(cleaning.clean(file_of(out.getvalue()))[0]))
    assert scaled.size == (500, 315)
    smooth = few_colours.convert("RGB").resize(scaled.size, Image.Resampling.LANCZOS)
    assert mean_difference(smooth, scaled) < 3


class Work:
    """Slow work that a test starts and ends."""

    def __init__(self) -> None:
        self.started, self.may_end = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.started.set()
        assert self.may_end.wait(PATIENCE_SECONDS)

    async def has_started(self) -> None:
        assert await asyncio.to_thread(self.started.wait, PATIENCE_SECONDS)


async def test_large_photos_wait_for_each_other_and_hold_up_nobody_else() -> None:
    decoder = Decoder()
    first, second, small = Work(), Work(), Work()
    large = [
        asyncio.create_task(decoder.run(work, size=decoding.LARGE_BYTES + 1)) for work in (first, second)
    ]
    await first.has_started()
    ordinary = asyncio.create_task(decoder.run(small, size=1000))
    await small.has_started()
    assert not second.started.is_set()
    for work in (first, small, second):
        work.may_end.set()
    await asyncio.gather(*large, ordinary)


async def test_ordinary_photos_wait_for_memory_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "ORDINARY_BYTES", 100)
    monkeypatch.setattr(decoding.os, "cpu_count", lambda: 8)
    decoder = Decoder()
    works = [Work() for _ in range(4)]
    running = [
        asyncio.create_task(decoder.run(work, size=size))
        for work, size in zip(works, (60, 60, 10, 40), strict=True)
    ]
    await works[0].has_started()
    await asyncio.sleep(0)
    assert [work.started.is_set() for work in works] == [True, False, False, False]
    running[1].cancel()
    works[0].may_end.set()
    await asyncio.gather(works[2].has_started(), works[3].has_started())
    assert decoder._in_use == 50 and not works[1].started.is_set()
    for work in works:
        work.may_end.set()
    await asyncio.gather(*running, return_exceptions=True)
    assert decoder._in_use == 0


async def test_a_photo_that_nobody_waits_for_any_more_holds_up_no_smaller_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(decoding, "ORDINARY_BYTES", 100)
    decoder = Decoder()
    works = [Work() for _ in range(3)]
    running = [
        asyncio.create_task(decoder.run(work, size=size))
        for work, size in zip(works, (60, 60, 40), strict=True)
    ]
    await works[0].has_started()
    running[1].cancel()
    await works[2].has_started()
    assert decoder._in_use == 100 and not works[1].started.is_set()
    for work in works:
        work.may_end.set()
    await asyncio.gather(*running, return_exceptions=True)
    assert decoder._in_use == 0


def test_a_shebang_in_a_comment_does_not_make_a_photo_a_script() -> None:
    out = io.BytesIO()
    FLOWER.save(out, "JPEG", comment=b"#!/")
    assert cleaning.clean(file_of(out.getvalue()))[1:] == FLOWER.size
