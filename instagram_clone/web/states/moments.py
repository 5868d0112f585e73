"""When something was read, to order that and what was heard."""

from __future__ import annotations

import time


def now() -> float:
    """The time in ms, to order what was read and what was heard."""
    return time.time() * 1000
