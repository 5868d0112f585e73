"""What one device prefers and opens: the names its browser keeps that under, and what may be chosen.

The browser alone knows what is kept there.
"""

from __future__ import annotations

COMPOSER, SHORTCUTS = "create", "shortcuts"
"""What can lie over any page. The names are part of addresses: `?create`."""

ON, OFF = "on", "off"

THEME = "theme"
"""The name that Reflex gives it, whose script in the head applies it before the first paint."""

SYSTEM = "system"

LETTER_KEYS = "letter_keys"
REDUCED_MOTION = "reduced_motion"
IMAGE_DESCRIPTIONS = "image_descriptions"
