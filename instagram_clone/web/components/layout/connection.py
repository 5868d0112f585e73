"""The strip over a page that says when the server cannot be heard, and when it can again."""

from __future__ import annotations

import reflex as rx

from instagram_clone.web.browser.core import dom
from instagram_clone.web.browser.page.connection import BACK, OFFLINE, RECONNECTING, connection
from instagram_clone.web.components.elements.basics import icon


@rx.memo
def connection_strip() -> rx.Component:
    """What is said of the connection, while there is anything to say."""
    says, watching, retry = connection()
    offline = rx.el.div(
        icon("wifi-off", 18),
        rx.el.span(rx.el.b("You are offline."), " Likes, comments and messages will be sent later."),
        rx.el.button("Retry", type="button", class_name="ic-textbtn", **dom(on_click=retry)),
        class_name="ic-banner",
    )
    reconnecting = rx.el.div(
        icon("loader-circle", 18, "ic-spin"),
        rx.el.span(rx.el.b("Reconnecting…"), " Live updates are paused."),
        class_name="ic-banner is-reconnecting",
    )
    back = rx.el.div(icon("circle-check", 18), rx.el.span("Back online."), class_name="ic-banner is-ok")
    return rx.el.div(
        *watching,
        rx.match(says, (OFFLINE, offline), (RECONNECTING, reconnecting), (BACK, back), rx.fragment()),
        role="status",
        aria_label="Connection",
        class_name="ic-connection",
    )
