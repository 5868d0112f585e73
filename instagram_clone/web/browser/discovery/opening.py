"""Opening the search from any page."""

from __future__ import annotations

from instagram_clone import routes
from instagram_clone.web.browser.core import Js, document, use, when
from instagram_clone.web.browser.layers import panels

PANEL = "search"


def open_search() -> Js:
    """Focus this page's search field, open the panel next to the navigation, or on phones go to the page.

    A step, for use in an `rx.memo`.
    """
    navigate = use("useNavigate", library="react-router")
    field = document.querySelector("[data-search-box] input")
    button = document.querySelector(f"[popovertarget={panels.id_of(PANEL)}]")
    has_button = button.getClientRects().length
    return when(field, field.focus(), when(has_button, panels.show(PANEL), navigate(routes.SEARCH)))
