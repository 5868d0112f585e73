"""Single-letter keyboard shortcuts, active while no field has the focus and no overlay is open."""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.core import Js, default, document, fn, js, name, when, where
from instagram_clone.web.browser.discovery.opening import open_search
from instagram_clone.web.browser.layers.overlays import open_composer, open_shortcuts
from instagram_clone.web.browser.page.device import has_letter_keys

_POSTS = "article[data-post]"
_FIELDS = "input, textarea, select, [contenteditable]"
_OVERLAYS = "dialog[open], :popover-open"


def next_post(key: Any, at: Any, count: Any) -> Js:
    """Return the index of the post that `j` or `k` moves to from index `at`, which is -1 for none."""
    at, last = js(at), js(count) - 1
    return when(js(key) == "j", name("Math.min")(at + 1, last), name("Math.max")(at - 1, 0))


def has_modifier(event: Js) -> Js:
    """Return whether a key belongs to a shortcut of the browser or the system. Shift does not count, since
    some layouts need it for `?`."""
    return event.metaKey | event.ctrlKey | event.altKey


def run_shortcut(event: Js) -> Js:
    """Run the shortcut for a key, if it has one at the moment."""
    return when(
        _may_run(event),
        where(
            _actions(event)[event.key],
            lambda act: when(act, [event.preventDefault(), act()]),
        ),
    )


def _may_run(event: Js) -> Js:
    is_other = has_modifier(event) | event.isComposing
    wanted = (event.key == "Enter") | has_letter_keys()
    return wanted & ~(is_other | event.target.closest(_FIELDS) | document.querySelector(_OVERLAYS))


def _actions(event: Js) -> Js:
    """Return the action of each key. They find the parts of a post by `data-like`, `data-save`,
    `data-comment` and `data-open`."""
    posts = name("Array.from")(document.querySelectorAll(_POSTS))
    focused = document.activeElement
    at = posts.findIndex(lambda post: post.contains(focused))
    # On a single post's page, its keys work wherever the focus is.
    post = default(posts[at], when(posts.length == 1, posts[0]))

    def focus_neighbour() -> Js:
        return where(posts[next_post(event.key, at, posts.length)], _focus_post)

    def comment() -> Js:
        field = post.querySelector("textarea")
        # On phones, posts in a feed have no comment field: the button leads to one.
        return when(field.offsetParent, field.focus(), post.querySelector("[data-comment]").click())

    def open_post() -> Js:
        return post.querySelector("[data-open]").click()

    return js(
        {
            "j": focus_neighbour,
            "k": focus_neighbour,
            "l": lambda: post.querySelector("[data-like]").click(),
            "s": lambda: post.querySelector("[data-save]").click(),
            "c": comment,
            "Enter": when(posts[at] == focused, fn(open_post)),
            "/": open_search,
            "n": open_composer,
            "?": open_shortcuts,
        }
    )


def _focus_post(post: Js) -> list[Js]:
    # After a click, Safari shows no focus ring for a focus moved by script unless asked to.
    options = {"preventScroll": True, "focusVisible": True}
    return [post.focus(options), post.scrollIntoView({"block": "center"})]
