"""The theme of this device. Reflex keeps the choice, and applies it before the first paint."""

from __future__ import annotations

from instagram_clone.web.browser.core import REGISTRY, Js, let, name, use


def device_theme() -> Js:
    """`rawColorMode` is the choice, `setColorMode(...)` makes it, `toggleColorMode()` turns light to dark
    or back. For bodies of `rx.memo`.
    """
    return let(use("useContext", name("ColorModeContext", REGISTRY)))
