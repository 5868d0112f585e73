"""Keys that a tab gives to what it sends, so that sending again is not doing twice."""

from __future__ import annotations

from instagram_clone.web.browser.core import Js, name, new


def new_key() -> Js:
    """A key that nobody else has: 32 hexadecimal digits.

    Not `randomUUID`, which a page served over plain HTTP on a local network does not have.
    """
    bytes_ = name("crypto.getRandomValues")(new(name("Uint8Array"), 16))
    return name("Array.from")(bytes_, lambda byte: byte.toString(16).padStart(2, "0")).join("")
