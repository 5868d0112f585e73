"""What was written in a field and not sent yet, kept over a reload of the page."""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.core import Js, default, when, window


def draft(chat: Any) -> Js:
    """What was written to a conversation."""
    return default(window.sessionStorage.getItem(_kept(chat)), "")


def keep(chat: Any, text: Any) -> Js:
    """Keep what is written to a conversation."""
    stored = window.sessionStorage.setItem(_kept(chat), text)
    return when(text, stored, window.sessionStorage.removeItem(_kept(chat)))


def _kept(chat: Any) -> str:
    return f"ic:draft:{chat}"
