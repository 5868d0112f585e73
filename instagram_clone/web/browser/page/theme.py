"""The theme of this device. Reflex keeps the choice, and applies it before the first paint."""

from __future__ import annotations

from typing import Any

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import REGISTRY, Js, js, let, name, use, when
from instagram_clone.web.browser.page.facts import forget, learn, peek

_CHOSEN = fact_keys.optimistic_key("theme")


def device_theme() -> Js:
    """`rawColorMode` is the choice, `resolvedColorMode` what it comes to: light or dark. For bodies of
    `rx.memo`.
    """
    return let(use("useContext", name("ColorModeContext", REGISTRY)))


def choose(theme: Js, mode: Any) -> list[Js]:
    """Show a theme at once."""
    return [theme.setColorMode(mode), learn({_CHOSEN: mode})]


def other(theme: Js) -> Js:
    """Dark where it is light, and light where it is dark."""
    return when(theme.resolvedColorMode == "light", "dark", "light")


def follow_theme(theme: Js, kept: Any) -> Js:
    """Show what is kept for this device, unless it is only what was chosen here before something else."""
    chosen = peek(_CHOSEN)
    return when(chosen, when(js(kept) == chosen, forget([_CHOSEN])), theme.setColorMode(kept))
