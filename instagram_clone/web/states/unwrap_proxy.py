"""What a state holds, past the proxies that Reflex hands out."""

from __future__ import annotations

from typing import Any


def unwrap_proxy(value: Any) -> Any:
    """Return a list or dict of a state's as it is, for reading: a proxy around each of its items takes
    10 us, and kept in a new list it would stay there.
    """
    return getattr(value, "__wrapped__", value)
