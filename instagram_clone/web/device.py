"""Per-device preferences and overlays: the names under which a browser stores them, and their values.

What is stored there is known only to the browser.
"""

from __future__ import annotations

COMPOSER, SHORTCUTS = "create", "shortcuts"
"""Overlays that can open over any page. The names are part of addresses: `?create`."""

ON, OFF = "on", "off"

THEME = "theme"
"""Reflex's own name for it: its script in the head applies the theme before the first paint."""

SYSTEM = "system"

LETTER_KEYS = "letter_keys"
REDUCED_MOTION = "reduced_motion"
IMAGE_DESCRIPTIONS = "image_descriptions"
