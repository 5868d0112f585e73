"""What was written but has not arrived: only its author, `by`, sends and sees it.

Somebody else may have signed in, in another tab, by the time that it can be sent.
"""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.core import Js, js, name


def written_by(author: Any, pending: Any) -> Js:
    """Return what one person has pending, oldest first, of all facts that record it."""
    return name("Object.values")(pending).filter(lambda one: one & (one.by == js(author)))
