"""Panels beside the navigation: the browser's own popovers.

Escape and a click elsewhere close them by themselves, and give the focus back to their button.
"""

from __future__ import annotations

from typing import Any

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, assign, document, effect, fn, js, let, ref, use, when
from instagram_clone.web.browser.page.facts import fact, forget, learn


def id_of(name: Any) -> Any:
    """The id of a panel's element, by which its button opens it."""
    return f"panel_{name}"


def is_open(name: Any) -> Js:
    """Whether a panel is open. For bodies of `rx.memo`."""
    return let(~~fact(_key(name)))


def show(name: Any) -> Js:
    """Open a panel. A step."""
    return document.getElementById(id_of(name)).showPopover()


def hide(name: Any) -> Js:
    """Close a panel, if it is open: the focus goes back to its button. A step."""
    return document.getElementById(id_of(name)).hidePopover()


def _key(name: Any) -> Any:
    # Among the dialogs: messages that come meanwhile are shown over it, too.
    return fact_keys.dialog_key(id_of(name))


def parts(name: Any, label: Any, ready: Any, opened: Any, closed: Any) -> tuple[dict[str, Any], list[Js]]:
    """The properties of a panel's element, and what its children need. For bodies of `rx.memo`.

    `ready` is a value once the server has what the page shows, and another one when it has it again: then
    `opened` is called once more, as it may have forgotten what was open, or told of it meanwhile.
    """
    box, shown, last_closed = ref("box"), is_open(name), ref("last_closed")
    opened, closed = js(opened), js(closed)
    here = use("useLocation", library="react-router")

    def focus() -> Js:
        first = box.current.querySelector("[data-autofocus]") | box.current
        return first.focus({"preventScroll": True})

    def toggled(event: Js) -> Js:
        button = document.querySelector(f"[popovertarget={id_of(name)}]")
        # The browser gives the focus back where it was, unless that is gone, or was nowhere.
        has_focus = document.activeElement
        lost = (has_focus == document.body) | box.current.contains(has_focus)
        return when(event.newState == "open", focus(), [forget([_key(name)]), when(lost, button.focus())])

    props = {
        "ref": box,
        "id": id_of(name),
        "popover": "auto",
        "on_before_toggle": lambda event: when(
            event.newState == "open", learn({_key(name): event.currentTarget})
        ),
        "on_toggle": toggled,
    }
    return props, [
        effect(lambda: when(shown & ready, opened()), shown, ready),
        effect(lambda: assign(last_closed, current=closed), closed),
        effect(lambda: when(shown, fn(lambda: [forget([_key(name)]), last_closed.current()])), shown),
        effect(lambda: box.current.hidePopover(), here.pathname, here.search),
        # What had the focus may have gone with what the panel was before.
        effect(lambda: when(shown, focus()), label),
    ]
