"""How much memory it takes to decode a photo, known from its header, and how much may be in use at once.

A file of 600 KB can hold 80 megapixels. Ordinary photos are decoded by as many threads as there are cores;
large ones queue for a single thread of their own, so that no other photo waits for them.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

MEGABYTE = 1024 * 1024
MAX_DECODED_BYTES = 640 * MEGABYTE
"""The limit for one photo: 80 megapixels of JPEG, PNG, GIF or HEIC, 67 of AVIF, 42 of WebP."""

LARGE_BYTES = 256 * MEGABYTE
"""A photo that takes more than this is large. One of 24 megapixels from a phone is not."""

ORDINARY_BYTES = 384 * MEGABYTE
"""The limit for all ordinary photos being decoded at the same time."""

_BYTES_PER_PIXEL = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}
_EXTRA_BYTES_PER_PIXEL = {"HEIF": 4, "AVIF": 6, "WEBP": 12, "GIF": 1}
"""Measured bytes per pixel that decoders keep in addition to Pillow's own picture."""

Result = TypeVar("Result")


def bytes_to_open(picture: Image.Image) -> int:
    """Return roughly how many bytes it takes to decode a picture of which only the header was read."""
    wide, high = picture.size
    pixel = _BYTES_PER_PIXEL.get(picture.mode, 4) + _EXTRA_BYTES_PER_PIXEL.get(picture.format or "", 0)
    return wide * high * pixel


def coefficient_bytes(picture: Image.Image) -> int:
    """Return how many bytes of a progressive JPEG are kept until its last scan, whatever the scale."""
    if not isinstance(picture, JpegImageFile) or not picture.info.get("progressive"):
        return 0
    wide, high = picture.size
    samples = [across * down for _, across, down, _ in picture.layer]
    return 2 * wide * high * sum(samples) // max(samples)


def _system_trim() -> Callable[[int], object]:
    """Return a function that gives freed memory back to the system, which glibc would keep."""
    if sys.platform != "linux":
        return lambda _: None
    return getattr(ctypes.CDLL(None), "malloc_trim", lambda _: None)


_trim = _system_trim()


class Decoder:
    """Threads that decode photos, and the memory they may use."""

    def __init__(self) -> None:
        self._ordinary = ThreadPoolExecutor(max(1, os.cpu_count() or 1), "pictures")
        self._large = ThreadPoolExecutor(1, "large pictures")
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._in_use = 0

    async def run(self, work: Callable[..., Result], *args: object, size: int = 0) -> Result:
        """Run slow work that takes `size` bytes of memory off the event loop."""
        loop = asyncio.get_running_loop()
        async with self._reserve(size) as threads:
            try:
                return await loop.run_in_executor(threads, work, *args)
            finally:
                if size > LARGE_BYTES:
                    await loop.run_in_executor(threads, _trim, 0)

    @asynccontextmanager
    async def _reserve(self, size: int) -> AsyncIterator[Executor]:
        if size > LARGE_BYTES:
            yield self._large
            return
        if self._waiting or self._in_use + size > ORDINARY_BYTES:
            ready = asyncio.get_running_loop().create_future()
            self._waiting.append((size, ready))
            try:
                await ready
            except asyncio.CancelledError:
                if not ready.cancelled():
                    self._in_use -= size
                # This one may have been all that the others were waiting behind.
                self._admit()
                raise
        else:
            self._in_use += size
        try:
            yield self._ordinary
        finally:
            self._in_use -= size
            self._admit()

    def _admit(self) -> None:
        while self._waiting:
            size, ready = self._waiting[0]
            if not ready.cancelled():
                if self._in_use + size > ORDINARY_BYTES:
                    return
                self._in_use += size
                ready.set_result(None)
            self._waiting.popleft()
