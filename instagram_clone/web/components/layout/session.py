"""The end of the session, as the browser sees it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import (
    Js,
    assign,
    document,
    effect,
    js,
    let,
    listen,
    name,
    new,
    when,
    window,
)
from instagram_clone.web.browser.page.address import to_login
from instagram_clone.web.browser.page.facts import fact
from instagram_clone.web.components.forms.fields import NativeForm
from instagram_clone.web.states.session import SessionState


@rx.memo
def signed_out_watch() -> rx.Component:
    """Go to the log-in page once the server says that nobody is signed in here. If Back restores the page
    as it was left, reload it unless the same person is still signed in.
    """
    signed_out = let(fact(fact_keys.signed_out_key()))
    own_page = let(when(SessionState.signed_in, js("/") + SessionState.username, routes.LOGIN))
    look = document.documentElement.style

    def decide(answer: Js) -> Js:
        return when(new(name("URL"), answer.url).pathname == own_page, assign(look, opacity=""), _reload())

    def check() -> list[Any]:
        request = name("fetch")(routes.API_ME, {"method": "HEAD", "cache": "no-store"})
        # Unlike `visibility`, opacity leaves the focus where it is.
        return [assign(look, opacity="0"), request.then(decide, _reload)]

    return rx.fragment(
        effect(lambda: when(signed_out, to_login()), signed_out),
        listen(lambda: window, "pageshow", lambda event: when(event.persisted, check()), own_page),
    )


@rx.memo
def restored_page_watch() -> rx.Component:
    """Reload the page if Back restores it as it was left: its form may still be waiting for an answer."""
    return rx.fragment(listen(lambda: window, "pageshow", lambda event: when(event.persisted, _reload())))


def _reload() -> Js:
    return window.location.reload()


def log_out(*content: rx.Component | str, class_name: str, **more: Any) -> rx.Component:
    """The button that ends the session. It is a native form, because the response is a new document."""
    return NativeForm.create(
        rx.el.button(*content, type="submit", class_name=class_name, **more),
        action=routes.API_LOGOUT,
        method="post",
        class_name="ic-plainform",
    )
