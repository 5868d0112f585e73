"""Where the browser is, and going elsewhere."""

from __future__ import annotations

from instagram_clone import routes
from instagram_clone.web.browser.core import Js, name, window


def to_login() -> Js:
    """Leave for the log-in page, which leads back here."""
    here = window.location.pathname + window.location.search
    return window.location.assign(f"{routes.LOGIN}?next=" + name("encodeURIComponent")(here))
