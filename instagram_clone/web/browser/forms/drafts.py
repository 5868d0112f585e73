"""What was written in a field and not sent yet, kept over a reload of the page, for who wrote it alone."""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.core import Js, default, when, window


def draft(me: Any, chat: Any) -> Js:
    """What somebody has written to a conversation."""
    return default(window.sessionStorage.getItem(_kept(me, chat)), "")


def keep(me: Any, chat: Any, text: Any) -> Js:
    """Keep what somebody writes to a conversation."""
    stored = window.sessionStorage.setItem(_kept(me, chat), text)
    return when(text, stored, window.sessionStorage.removeItem(_kept(me, chat)))


def _kept(me: Any, chat: Any) -> str:
    # Another member may log in in the same tab: what the one wrote is not the other's to send.
    return f"ic:draft:{me}:{chat}"
