"""The session as the screen has to do with it: its end."""

from __future__ import annotations

import reflex as rx

from instagram_clone.web.browser.address import to_login
from instagram_clone.web.browser.core import effect, let, when
from instagram_clone.web.browser.facts import fact


@rx.memo
def signed_out_watch() -> rx.Component:
    """Leave for the log-in page once the server says that nobody is signed in here."""
    signed_out = let(fact("signed_out"))
    return rx.fragment(effect(lambda: when(signed_out, to_login()), signed_out))
