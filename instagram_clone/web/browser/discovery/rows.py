"""Rows that somebody takes away."""

from __future__ import annotations

from instagram_clone.web.browser.core import Js, document, where


def focus_beside(button: Js) -> Js:
    """Put the focus on the same button of the row after the one that goes, or before it; with the last row
    it goes to the field above the rows, or to the main part of the page. A step.
    """
    row = button.closest("li")
    beside = row.nextElementSibling | row.previousElementSibling
    field = button.closest("[data-search-box]").querySelector("input")
    next_ = beside.querySelector("button:last-child") | field | document.getElementById("main")
    return where(next_, lambda next_: next_.focus({"preventScroll": True}))
