"""Modal dialogs: the browser's own `<dialog>`, open for as long as it is mounted.

Escape, a click outside and Back close a dialog. It traps the focus, and returns it when it closes.
"""

from __future__ import annotations

from typing import Any

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import (
    Js,
    effect,
    fn,
    let,
    name,
    new,
    state,
    use,
    when,
    window,
)
from instagram_clone.web.browser.layers.focus import focus_main_if_lost
from instagram_clone.web.browser.page.facts import facts, forget, learn

_LISTS_OF_PEOPLE = "/(?:followers|following)/?$"
_REQUESTS = "^(/notifications)/requests/?$"


def show(dialog: Js, key: Any) -> list[Any]:
    """Open a dialog that has just been mounted, and record it as open under its key.

    The value is a function that closes it and returns the focus.
    """
    key = fact_keys.dialog_key(key)
    first = dialog.querySelector("[data-autofocus]") | dialog
    return [
        when(~dialog.open, dialog.showModal()),
        learn({key: dialog}),
        first.focus({"preventScroll": True}),
        # The browser returns the focus by itself unless the element that had it is gone.
        fn(lambda: [dialog.close(), forget([key]), focus_main_if_lost()]),
    ]


def topmost() -> Js:
    """The topmost open dialog, or nothing while none is open. For use in an `rx.memo`."""
    return let(name("Object.values")(facts(fact_keys.dialog_keys())).at(-1))


def dismiss_handlers(close: Js) -> dict[str, Any]:
    """Return the event handlers by which a dialog is dismissed; each calls `close`."""

    def is_on_dialog(event: Js) -> Js:
        return event.target == event.currentTarget

    def was_closed(event: Js) -> Js:
        return is_on_dialog(event) & event.currentTarget.isConnected & ~event.currentTarget.open

    def is_consumed_escape(event: Js) -> Js:
        here = event.target.closest("dialog") == event.currentTarget
        return here & (event.key == "Escape") & (event.target.type == "search") & ~event.target.value

    return {
        "on_cancel": lambda event: when(is_on_dialog(event), [event.preventDefault(), close()]),
        # Safari lets a search field consume Escape even when the field is already empty.
        "on_key_down": lambda event: when(is_consumed_escape(event), [event.preventDefault(), close()]),
        "on_mouse_down": lambda event: when(is_on_dialog(event), close()),
        # A second Escape closes it even if the cancel was prevented. A dialog that is being unmounted has
        # already been dismissed, and one that is open again was merely mounted twice, as React does in
        # development.
        "on_close": lambda event: when(was_closed(event), close()),
    }


def path_under(path: Js) -> Js:
    """Return the address of the page behind a dialog that has its own address."""
    pattern = name("RegExp")
    return path.replace(pattern(_LISTS_OF_PEOPLE), "").replace(pattern(_REQUESTS), "$1")


def leave_address() -> Js:
    """Return a function that goes back to where the dialog was opened, or else to the page behind it."""
    navigate = use("useNavigate", library="react-router")
    has_previous = (window.history.state.idx > 0) & (window.history.state.key != "default")
    options = {"replace": True, "preventScrollReset": True}
    return fn(
        lambda: when(has_previous, navigate(-1), navigate(path_under(window.location.pathname), options))
    )


def watch_query_parameter(parameter: Any) -> tuple[Js, Js]:
    """Return the value of a query parameter (`?p=`), and the effect it needs among the children.

    Pages are prerendered without their address, so anything that depends on it waits for the first paint.
    """
    mounted, set_mounted = state("mounted", False)
    query = new(name("URLSearchParams"), use("useLocation", library="react-router").search)
    return let(mounted & query.get(parameter)), effect(lambda: set_mounted(True))
