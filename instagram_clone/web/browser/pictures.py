"""How large a photo is drawn, so that the browser takes a rendition that need not be enlarged."""

from __future__ import annotations

from typing import Any, NamedTuple

from instagram_clone.domain.pictures import POST_ASPECTS
from instagram_clone.web.browser.core import Js, js, name

PHONE_BELOW, DESKTOP_FROM = 768, 1024


class Box(NamedTuple):
    """The most a box is wide: on phones in hundredths of the window (vw), on tablets and desktops in px."""

    phone: float
    tablet: float
    desktop: float


FEED = Box(100, 484, 484)
GRID = Box(33.4, 315, 315)
MOSAIC = Box(33.4, 294, 244)
MOSAIC_BIG = Box(66.9, 596, 496)
DETAIL_SIZES = f"(max-width: {PHONE_BELOW - 1}px) 100vw, 700px"
"""The `sizes` of a post's photo beside its conversation, where none is cut."""


def aspect(photo: Any) -> Js:
    """A photo's shape, width by height."""
    return js(photo).width / js(photo).height


def feed_aspect(photo: Any) -> Js:
    """The shape in which the feed shows a photo: its own, unless that goes beyond what posts may have."""
    least, most = POST_ASPECTS
    return name("Math.min")(most, name("Math.max")(least, aspect(photo)))


def sizes(photo: Any, box: Box, box_aspect: Any = 1) -> Js:
    """The `sizes` of an image that fills a box and is cut by it (`object-fit: cover`).

    Browsers choose by width alone. Of a photo that is wider in shape than its box, only a part is seen,
    and the whole is drawn so much wider.
    """
    wider = name("Math.max")(1, aspect(photo) / box_aspect)
    return (
        js(f"(max-width: {PHONE_BELOW - 1}px) ")
        + wider * box.phone
        + f"vw, (max-width: {DESKTOP_FROM - 1}px) "
        + wider * box.tablet
        + "px, "
        + wider * box.desktop
        + "px"
    )
