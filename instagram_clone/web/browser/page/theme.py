"""The theme of this device: Reflex writes what is chosen to the browser's storage, and applies that before
the first paint.
"""

from __future__ import annotations

from instagram_clone.web.browser.core import REGISTRY, Js, default, let, name, use, when
from instagram_clone.web.browser.page.device import stored
from instagram_clone.web.device import SYSTEM, THEME


def device_theme() -> Js:
    """`rawColorMode` is the choice, `resolvedColorMode` what it comes to: light or dark. For bodies of
    `rx.memo`.
    """
    return let(use("useContext", name("ColorModeContext", REGISTRY)))


def other(theme: Js) -> Js:
    """Dark where it is light, and light where it is dark."""
    return when(theme.resolvedColorMode == "light", "dark", "light")


def follow_theme(theme: Js, event: Js) -> Js:
    """Show what another tab has chosen last, which may be after what the event of the storage is about."""
    return when(event.key == THEME, theme.setColorMode(default(stored(THEME), SYSTEM)))
