"""Idempotency keys that a tab attaches to what it sends, so that a retry is not applied twice."""

from __future__ import annotations

from instagram_clone.web.browser.core import Js, name, new


def new_key() -> Js:
    """Return a unique key of 32 hexadecimal digits.

    Not `randomUUID`, which is unavailable to a page served over plain HTTP on a local network.
    """
    bytes_ = name("crypto.getRandomValues")(new(name("Uint8Array"), 16))
    return name("Array.from")(bytes_, lambda byte: byte.toString(16).padStart(2, "0")).join("")
