"""The content that the server sent with the page, shown until the page itself has as much to show."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import document, fn, layout_effect, when
from instagram_clone.web.html.parts.profiles import ELEMENT_ID


@rx.memo
def sent_page(*, replaced: rx.Var[Any]) -> rx.Component:
    """Remove the server's content once it is `replaced` or another page opens; until then it hides this."""
    sent = document.getElementById(ELEMENT_ID)
    return rx.fragment(
        layout_effect(lambda: [when(replaced, sent.remove()), fn(lambda: sent.remove())], replaced)
    )
