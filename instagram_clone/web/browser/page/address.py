"""Where the browser is, and going elsewhere."""

from __future__ import annotations

from instagram_clone import routes
from instagram_clone.web.browser.core import Js, fn, name, use, window


def to_login() -> Js:
    """Leave for the log-in page, which leads back here."""
    here = window.location.pathname + window.location.search
    return window.location.assign(f"{routes.LOGIN}?next=" + name("encodeURIComponent")(here))


def query() -> Js:
    """The address's query, as it was when the component appeared. For bodies of `rx.memo`.

    It is empty until then: pages are built without their address.
    """
    unheard = fn(lambda: fn(lambda: None))
    return use("useSyncExternalStore", unheard, lambda: window.location.search, lambda: "")
