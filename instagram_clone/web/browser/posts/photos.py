"""The files of a photo, and the two quick taps that like it."""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.core import Js, default, js

USUAL_WIDTH = 640
"""What a browser takes that knows no `srcset`, in pixels."""

QUICK_MS = 350
"""Two taps within this are meant as one."""


def source(photo: Any, width: Any) -> Js:
    """The address of a rendition."""
    return js(f"/media/{js(photo).id}/{js(width)}")


def source_set(photo: Any) -> Js:
    """All renditions with their widths, for the browser to choose from."""
    widths = js(photo).widths
    return widths.map(lambda width: source(photo, width) + " " + width + "w").join(", ")


def usual_source(photo: Any) -> Js:
    """The smallest rendition of the usual width, or else the largest there is."""
    widths = js(photo).widths
    return source(photo, default(widths.find(lambda width: width >= USUAL_WIDTH), widths.at(-1)))


def is_double(at: Any, last: Any) -> Js:
    """Whether a tap is the second of two quick ones. Both times are in milliseconds; no `last` is 0.

    Browsers on phones have no event of their own for it.
    """
    return (js(last) > 0) & (js(at) - last < QUICK_MS)
