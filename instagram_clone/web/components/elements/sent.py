"""What the server sent of a page, to be looked at until the page itself has as much to show."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import document, fn, layout_effect, when
from instagram_clone.web.html.parts.profiles import PLACE


@rx.memo
def sent_page(*, replaced: rx.Var[Any]) -> rx.Component:
    """Take it away once it is replaced, or another page is shown; until then it lies over this one."""
    sent = document.getElementById(PLACE)
    return rx.fragment(
        layout_effect(lambda: [when(replaced, sent.remove()), fn(lambda: sent.remove())], replaced)
    )
