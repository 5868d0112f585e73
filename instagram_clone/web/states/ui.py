"""The UI slice: the overlay that the address opens over a page.

Overlays opened by a tap are local facts of their tab (`browser/layers/overlays.py`), device preferences
stay in the browser (`browser/page/device.py`), and toasts are sent, not stored (`notices.py`): none of them
can wait for a round trip, nor should they reappear with the next one.
"""

from __future__ import annotations

from urllib.parse import parse_qs

import reflex as rx

from instagram_clone.web.device import COMPOSER, SHORTCUTS


class UIState(rx.State):
    """UI state derived from the page's address."""

    @rx.var
    def opened(self) -> str:
        """Return the overlay that the address opens over the page, or ""."""
        params = parse_qs(self.router.url.query, keep_blank_values=True)
        return next((overlay for overlay in (COMPOSER, SHORTCUTS) if overlay in params), "")
