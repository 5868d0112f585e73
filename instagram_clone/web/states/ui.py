"""The UI slice: what the address opens over a page.

What opens at a tap is a fact of its tab alone (`browser/layers/overlays.py`), what a device prefers is its
browser's (`browser/page/device.py`), and a short message is told, not kept (`notices.py`): none of them can
wait for a round trip, nor be shown again with the next one.
"""

from __future__ import annotations

from urllib.parse import parse_qs

import reflex as rx

from instagram_clone.web.device import COMPOSER, SHORTCUTS


class UIState(rx.State):
    """What a page is told of its own address."""

    @rx.var
    def opened(self) -> str:
        """What the address opens over the page, nothing if it opens nothing."""
        asked = parse_qs(self.router.url.query, keep_blank_values=True)
        return next((overlay for overlay in (COMPOSER, SHORTCUTS) if overlay in asked), "")
