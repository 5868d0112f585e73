"""Unsent text of a field, kept across a reload of the page, and only for the person who wrote it."""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.core import Js, default, when, window


def draft(me: Any, chat: Any) -> Js:
    """Return a person's unsent text in a conversation."""
    return default(window.sessionStorage.getItem(_storage_key(me, chat)), "")


def keep(me: Any, chat: Any, text: Any) -> Js:
    """Keep a person's unsent text in a conversation."""
    store = window.sessionStorage.setItem(_storage_key(me, chat), text)
    return when(text, store, window.sessionStorage.removeItem(_storage_key(me, chat)))


def _storage_key(me: Any, chat: Any) -> str:
    # Someone else may log in in the same tab, and must not find this text.
    return f"ic:draft:{me}:{chat}"
