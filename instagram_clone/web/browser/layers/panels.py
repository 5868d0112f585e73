"""Panels next to the navigation: the browser's own popovers.

By themselves, they close on Escape or a click elsewhere and return the focus to their button.
"""

from __future__ import annotations

from typing import Any

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, assign, document, effect, fn, js, let, ref, use, when
from instagram_clone.web.browser.page.facts import fact, forget, learn


def id_of(name: Any) -> Any:
    """Return the id of a panel's element, which its button refers to."""
    return f"panel_{name}"


def is_open(name: Any) -> Js:
    """Whether a panel is open. For use in an `rx.memo`."""
    return let(~~fact(_key(name)))


def show(name: Any) -> Js:
    """Open a panel. A step."""
    return document.getElementById(id_of(name)).showPopover()


def hide(name: Any) -> Js:
    """Close a panel if it is open, which returns the focus to its button. A step."""
    return document.getElementById(id_of(name)).hidePopover()


def _key(name: Any) -> Any:
    # Counted among the dialogs, so that toasts are shown on top of a panel too.
    return fact_keys.dialog_key(id_of(name))


def parts(
    name: Any, label: Any, ready: Any, on_open: Any, on_close: Any
) -> tuple[dict[str, Any], list[Js]]:
    """Return the properties of a panel's element, and its effects. For use in an `rx.memo`.

    `ready` becomes truthy once the server has the page's state, and changes with each new connection. Then
    `on_open` is called again, as the server may have lost track of the panel or sent updates in between.
    """
    box, shown, last_on_close = ref("box"), is_open(name), ref("last_on_close")
    on_open, on_close = js(on_open), js(on_close)
    here = use("useLocation", library="react-router")

    def focus() -> Js:
        first = box.current.querySelector("[data-autofocus]") | box.current
        return first.focus({"preventScroll": True})

    def on_toggle(event: Js) -> Js:
        button = document.querySelector(f"[popovertarget={id_of(name)}]")
        # The browser returns the focus to where it was, unless that element is gone or there was none.
        focused = document.activeElement
        lost = (focused == document.body) | box.current.contains(focused)
        return when(event.newState == "open", focus(), [forget([_key(name)]), when(lost, button.focus())])

    props = {
        "ref": box,
        "id": id_of(name),
        "popover": "auto",
        "on_before_toggle": lambda event: when(
            event.newState == "open", learn({_key(name): event.currentTarget})
        ),
        "on_toggle": on_toggle,
    }
    return props, [
        effect(lambda: when(shown & ready, on_open()), shown, ready),
        effect(lambda: assign(last_on_close, current=on_close), on_close),
        effect(lambda: when(shown, fn(lambda: [forget([_key(name)]), last_on_close.current()])), shown),
        effect(lambda: box.current.hidePopover(), here.pathname, here.search),
        # The focused element may have been removed along with the panel's previous content.
        effect(lambda: when(shown, focus()), label),
    ]
