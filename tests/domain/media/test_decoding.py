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
from PIL import Image, ImageChops, ImageOps, ImageStat

from instagram_clone.domain.core.errors import Invalid
from instagram_clone.domain.media import cleaning, decoding
from instagram_clone.domain.media.decoding import MEGABYTE, Decoder
from tests.conftest import file_of
from tests.domain.media.test_imaging import FLOWER
from tests.server import PATIENCE_SECONDS, ROOT

COST = """
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


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux tells what a process took at most.")
def test_eighty_megapixels_of_sixteen_bits_cost_little_more_than_themselves() -> None:
    path = file_of(deep_png(10_000, 8_000))
    done = subprocess.run(
        [sys.executable, "-c", COST, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert 300 * MEGABYTE < int(done.stdout) * 1024 < 500 * MEGABYTE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF"])
def test_a_photo_that_takes_too_much_is_refused_before_it_is_opened(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (640, 480)).save(out, kind)
    path = file_of(out.getvalue())
    size = cleaning.judge(path)
    assert size >= 640 * 480
    assert cleaning.clean(path)[1:] == (640, 480)
    monkeypatch.setattr(cleaning, "MAX_DECODED_BYTES", size - 1)
    monkeypatch.setattr(cleaning, "_cleaned", lambda _: pytest.fail("It was opened."))
    with pytest.raises(Invalid, match="takes too much memory"):
        cleaning.clean(path)


def test_a_progressive_jpeg_takes_all_of_it_however_small_it_is_read() -> None:
    sizes = {}
    for progressive in (False, True):
        out = io.BytesIO()
        Image.new("RGB", (7000, 7000)).save(out, "JPEG", progressive=progressive)
        sizes[progressive] = cleaning.judge(file_of(out.getvalue()))
    assert sizes[False] == 3500 * 3500 * 4
    assert sizes[True] == sizes[False] + 7000 * 7000 * 3


def test_a_jpeg_that_goes_over_itself_without_end_is_refused() -> None:
    out = io.BytesIO()
    FLOWER.save(out, "JPEG", progressive=True)
    assert cleaning.judge(file_of(out.getvalue()))
    scan = out.getvalue()[out.getvalue().rindex(b"\xff\xda") : -2]
    with pytest.raises(Invalid, match="takes too much memory"):
        cleaning.judge(file_of(out.getvalue()[:-2] + 100 * scan + b"\xff\xd9"))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "L", "P"])
@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_a_picture_scaled_in_strips_is_the_picture(
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
    monkeypatch.setattr(cleaning, "STRIPS_FROM", 0)
    striped = Image.open(io.BytesIO(cleaning.clean(path)[0]))
    assert striped.size == whole.size and max(whole.size) == 500
    if mode == "P":
        # A whole palette picture can only be scaled down by dropping pixels.
        whole = ImageOps.exif_transpose(Image.open(path)).convert("RGB").resize(whole.size)
    difference = ImageStat.Stat(ImageChops.difference(whole.convert("L"), striped.convert("L")))
    assert difference.mean[0] < 1.5


class Work:
    """Slow work that a test starts and ends."""

    def __init__(self) -> None:
        self.began, self.ended = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.began.set()
        assert self.ended.wait(PATIENCE_SECONDS)

    async def has_begun(self) -> None:
        assert await asyncio.to_thread(self.began.wait, PATIENCE_SECONDS)


async def test_large_photos_wait_for_each_other_and_nobody_for_them() -> None:
    decoder = Decoder()
    first, second, small = Work(), Work(), Work()
    large = [
        asyncio.create_task(decoder.run(one, size=decoding.LARGE_BYTES + 1)) for one in (first, second)
    ]
    await first.has_begun()
    ordinary = asyncio.create_task(decoder.run(small, size=1000))
    await small.has_begun()
    assert not second.began.is_set()
    for one in (first, small, second):
        one.ended.set()
    await asyncio.gather(*large, ordinary)


async def test_ordinary_photos_wait_for_room_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "ORDINARY_BYTES", 100)
    monkeypatch.setattr(decoding.os, "cpu_count", lambda: 8)
    decoder = Decoder()
    works = [Work() for _ in range(4)]
    running = [
        asyncio.create_task(decoder.run(work, size=size))
        for work, size in zip(works, (60, 60, 10, 40), strict=True)
    ]
    await works[0].has_begun()
    await asyncio.sleep(0)
    assert [work.began.is_set() for work in works] == [True, False, False, False]
    running[1].cancel()
    works[0].ended.set()
    await asyncio.gather(works[2].has_begun(), works[3].has_begun())
    assert decoder._taken == 50 and not works[1].began.is_set()
    for work in works:
        work.ended.set()
    await asyncio.gather(*running, return_exceptions=True)
    assert decoder._taken == 0


def test_three_bytes_that_any_photo_may_have_make_it_no_script() -> None:
    out = io.BytesIO()
    FLOWER.save(out, "JPEG", comment=b"#!/")
    assert cleaning.clean(file_of(out.getvalue()))[1:] == FLOWER.size
