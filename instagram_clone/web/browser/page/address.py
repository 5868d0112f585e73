"""The current address, and navigation to another."""

from __future__ import annotations

from instagram_clone import routes
from instagram_clone.web.browser.core import Js, fn, name, use, window


def to_login() -> Js:
    """Navigate to the log-in page, which leads back here."""
    here = window.location.pathname + window.location.search
    return window.location.assign(f"{routes.LOGIN}?next=" + name("encodeURIComponent")(here))


def query() -> Js:
    """The query string of the address as of when the component mounted. For use in an `rx.memo`.

    It is empty until then, because pages are prerendered without their address.
    """
    never_notified = fn(lambda: fn(lambda: None))
    return use("useSyncExternalStore", never_notified, lambda: window.location.search, lambda: "")
