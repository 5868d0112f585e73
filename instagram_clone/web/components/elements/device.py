"""Applies this device's preferences to the page."""

from __future__ import annotations

import reflex as rx

from instagram_clone.web.browser.core import layout_effect, listen, window
from instagram_clone.web.browser.page.device import apply_motion, latest_choice
from instagram_clone.web.browser.page.theme import device_theme, follow_theme
from instagram_clone.web.device import REDUCED_MOTION


@rx.memo
def device_preferences() -> rx.Component:
    """Apply this device's preferences, and follow changes made in its other tabs."""
    theme = device_theme()
    return rx.fragment(
        layout_effect(apply_motion, latest_choice(REDUCED_MOTION)),
        listen(lambda: window, "storage", lambda event: follow_theme(theme, event)),
    )
