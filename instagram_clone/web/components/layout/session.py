"""The end of the session, as the browser sees it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import effect, let, when
from instagram_clone.web.browser.page.address import to_login
from instagram_clone.web.browser.page.facts import fact
from instagram_clone.web.components.forms.fields import NativeForm


@rx.memo
def signed_out_watch() -> rx.Component:
    """Go to the log-in page once the server says that nobody is signed in here."""
    signed_out = let(fact(fact_keys.signed_out_key()))
    return rx.fragment(effect(lambda: when(signed_out, to_login()), signed_out))


def log_out(*content: rx.Component | str, class_name: str, **more: Any) -> rx.Component:
    """The button that ends the session. It is a native form, because the response is a new document."""
    return NativeForm.create(
        rx.el.button(*content, type="submit", class_name=class_name, **more),
        action=routes.API_LOGOUT,
        method="post",
        class_name="ic-plainform",
    )
