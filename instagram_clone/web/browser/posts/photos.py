"""The renditions of a photo, and the double tap that likes it."""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.core import Js, default, js

USUAL_WIDTH = 640
"""The width, in pixels, served to browsers without support for `srcset`."""

QUICK_MS = 350
"""Two taps within this time are a double tap."""


def source(photo: Any, width: Any) -> Js:
    """Return the URL of a rendition."""
    return js(f"/media/{js(photo).id}/{js(width)}")


def source_set(photo: Any) -> Js:
    """Return all renditions with their widths, for the browser to choose from."""
    widths = js(photo).widths
    return widths.map(lambda width: source(photo, width) + " " + width + "w").join(", ")


def usual_source(photo: Any) -> Js:
    """Return the smallest rendition of at least the usual width, or else the largest there is."""
    widths = js(photo).widths
    return source(photo, default(widths.find(lambda width: width >= USUAL_WIDTH), widths.at(-1)))


def is_double(at: Any, last: Any) -> Js:
    """Return whether a tap completes a double tap. Times are in milliseconds; `last` is 0 if there is none.

    Mobile browsers have no event of their own for it.
    """
    return (js(last) > 0) & (js(at) - last < QUICK_MS)
