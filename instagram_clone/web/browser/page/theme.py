"""This device's theme. Reflex saves the choice in the browser's storage, and applies it before the first
paint.
"""

from __future__ import annotations

from instagram_clone.web.browser.core import REGISTRY, Js, default, let, name, use, when
from instagram_clone.web.browser.page.device import stored
from instagram_clone.web.device import SYSTEM, THEME


def device_theme() -> Js:
    """Reflex's theme context: `rawColorMode` is the choice, and `resolvedColorMode` is the result, light or
    dark. For use in an `rx.memo`.
    """
    return let(use("useContext", name("ColorModeContext", REGISTRY)))


def opposite(theme: Js) -> Js:
    """Return the opposite of the current theme: "dark" if it is light, and "light" if it is dark."""
    return when(theme.resolvedColorMode == "light", "dark", "light")


def follow_theme(theme: Js, event: Js) -> Js:
    """Apply the latest choice of any tab, which may be newer than the one this storage event reports."""
    return when(event.key == THEME, theme.setColorMode(default(stored(THEME), SYSTEM)))
