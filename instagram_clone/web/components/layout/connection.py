"""The banner over a page that reports a lost connection, and its return."""

from __future__ import annotations

import reflex as rx

from instagram_clone.web.browser.core import dom
from instagram_clone.web.browser.page.connection import BACK, OFFLINE, RECONNECTING, connection
from instagram_clone.web.components.elements.basics import icon


@rx.memo
def connection_strip() -> rx.Component:
    """The banner for the state of the connection, if it has anything to report."""
    status, effects, retry = connection()
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
        *effects,
        rx.match(status, (OFFLINE, offline), (RECONNECTING, reconnecting), (BACK, back), rx.fragment()),
        role="status",
        aria_label="Connection",
        class_name="ic-connection",
    )
