"""Dialogs over the page: the browser's own `<dialog>`, open while it is there.

Escape, a click beside it and Back leave it; the focus stays inside, and goes back where it was.
"""

from __future__ import annotations

from typing import Any

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import (
    Js,
    document,
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
from instagram_clone.web.browser.page.facts import facts, forget, learn

_LISTS_OF_PEOPLE = "/(?:followers|following)/?$"
_REQUESTS = "^(/notifications)/requests/?$"


def show(dialog: Js, key: Any) -> list[Any]:
    """Open a dialog that has just appeared, known as open by a key of its own.

    The value closes it again and gives the focus back.
    """
    key = fact_keys.dialog_key(key)
    first = dialog.querySelector("[data-autofocus]") | dialog
    main = document.getElementById("main")
    return [
        when(~dialog.open, dialog.showModal()),
        learn({key: dialog}),
        first.focus({"preventScroll": True}),
        fn(
            lambda: [
                # The browser gives the focus back itself, unless what had it is gone.
                dialog.close(),
                forget([key]),
                when(document.activeElement == document.body, main.focus({"preventScroll": True})),
            ]
        ),
    ]


def topmost() -> Js:
    """The dialog that lies over everything else, nothing while none is open. For bodies of `rx.memo`."""
    return let(name("Object.values")(facts(fact_keys.dialog_keys())).at(-1))


def leaving(close: Js) -> dict[str, Any]:
    """The events of a dialog that leave it, with `close`."""

    def itself(event: Js) -> Js:
        return event.target == event.currentTarget

    def gone(event: Js) -> Js:
        return itself(event) & event.currentTarget.isConnected & ~event.currentTarget.open

    def kept(event: Js) -> Js:
        here = event.target.closest("dialog") == event.currentTarget
        return here & (event.key == "Escape") & (event.target.type == "search") & ~event.target.value

    return {
        "on_cancel": lambda event: when(itself(event), [event.preventDefault(), close()]),
        # Safari keeps Escape for a search field, with nothing in it to clear, too.
        "on_key_down": lambda event: when(kept(event), [event.preventDefault(), close()]),
        "on_mouse_down": lambda event: when(itself(event), close()),
        # A second Escape closes it whatever is said. One that is being taken away has been left already,
        # and one that is open again was only shown twice, as React does in development.
        "on_close": lambda event: when(gone(event), close()),
    }


def path_under(path: Js) -> Js:
    """The address of the page under a dialog that has an address of its own."""
    pattern = name("RegExp")
    return path.replace(pattern(_LISTS_OF_PEOPLE), "").replace(pattern(_REQUESTS), "$1")


def leave_address() -> Js:
    """A function that goes back where a dialog was opened from here, else to the page under it."""
    navigate = use("useNavigate", library="react-router")
    came = (window.history.state.idx > 0) & (window.history.state.key != "default")
    stay = {"replace": True, "preventScrollReset": True}
    return fn(lambda: when(came, navigate(-1), navigate(path_under(window.location.pathname), stay)))


def asked_for(parameter: Any) -> tuple[Js, Js]:
    """What the address asks for under a name (`?p=`), and the effect for the children that it needs.

    Pages are built without their address: what depends on it comes after the first paint.
    """
    mounted, set_mounted = state("mounted", False)
    query = new(name("URLSearchParams"), use("useLocation", library="react-router").search)
    return let(mounted & query.get(parameter)), effect(lambda: set_mounted(True))
