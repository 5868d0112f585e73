"""Timestamps of reads, to order them relative to live facts."""

from __future__ import annotations

import time


def now_ms() -> float:
    """Return the current time in ms, comparable with the times in facts."""
    return time.time() * 1000
