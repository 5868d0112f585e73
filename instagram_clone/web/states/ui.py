"""The UI slice: what this device prefers, and what the address opens over a page.

What opens at a tap is a fact of its tab alone (`browser/layers/overlays.py`), and a short message is told,
not kept (`notices.py`): neither can wait for a round trip, nor be shown again with the next one.
"""

from __future__ import annotations

from urllib.parse import parse_qs

import reflex as rx

from instagram_clone.domain.core.errors import Invalid
from instagram_clone.web import device
from instagram_clone.web.access import open_to_all


class UIState(rx.State):
    """Preferences stay in the browser's storage, so that its other tabs have them at once. Not the theme:
    nothing here needs it.
    """

    letter_keys: str = rx.LocalStorage(device.ON, name=device.LETTER_KEYS, sync=True)
    reduced_motion: str = rx.LocalStorage(device.OFF, name=device.REDUCED_MOTION, sync=True)
    image_descriptions: str = rx.LocalStorage(device.OFF, name=device.IMAGE_DESCRIPTIONS, sync=True)

    @rx.var
    def opened(self) -> str:
        """What the address opens over the page, nothing if it opens nothing."""
        asked = parse_qs(self.router.url.query, keep_blank_values=True)
        return next((overlay for overlay in (device.COMPOSER, device.SHORTCUTS) if overlay in asked), "")

    @rx.event
    @open_to_all
    def prefer(self, name: str, choice: str):
        """Keep a preference. Raises Invalid where there is no such choice."""
        if choice not in device.CHOICES.get(name, ()):
            raise Invalid("There is no such choice.")
        setattr(self, name, choice)

    def _preferences(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in device.CHOICES}

    def _restore(self, preferences: dict[str, str]) -> None:
        for name, choice in preferences.items():
            setattr(self, name, choice)


STORED = {f"{UIState.get_full_name()}.{name}": choices for name, choices in device.CHOICES.items()}
"""What a browser may say of its storage: the full name of each preference, and its choices."""
