"""How large a photo is drawn, so that the browser takes a rendition that need not be enlarged."""

from __future__ import annotations

from typing import Any, NamedTuple

from instagram_clone.domain.media.imaging import DENSE_PHONE_WIDTH, POST_ASPECTS
from instagram_clone.web.browser.core import Js, js, name, when, where

PHONE_BELOW, DESKTOP_FROM = 768, 1024
DENSE = ((3, 0.68), (2.5, 0.76))
"""Of phones with so many pixels to one of CSS or more: what part of a photo's width is asked for.

It comes to about two pixels for one, since nobody sees more of them on a phone; a little more than that,
because older Chromes take the next smaller rendition where that is the nearer one. A page that its reader
has enlarged on a desktop is as narrow and as dense, and has pixels that are seen: hence the pointer.
"""

_PHONE = f"(max-width: {PHONE_BELOW - 1}px) "

Case = tuple[str, float, str]
"""Of one case in `sizes`: its condition, a number, and its unit with what leads to the next case."""


class Box(NamedTuple):
    """The most a box is wide: on phones in hundredths of the window (vw), on tablets and desktops in px.

    A large one is asked for by dense phones as `DENSE` says.
    """

    phone: float
    tablet: float
    desktop: float
    large: bool = False

    def widths(self) -> list[Case]:
        """How wide it is on phones, on tablets, and on all else."""
        return [
            (_PHONE, self.phone, "vw, "),
            (f"(max-width: {DESKTOP_FROM - 1}px) ", self.tablet, "px, "),
            ("", self.desktop, "px"),
        ]

    def dense_widths(self) -> list[Case]:
        """What goes before that where there is a rendition for it, on dense phones."""
        return [
            (f"{_PHONE}and (min-resolution: {dppx}dppx) and (pointer: coarse) ", self.phone * part, "vw, ")
            for dppx, part in DENSE
            if self.large
        ]


FEED = Box(100, 484, 484, large=True)
DETAIL = Box(100, 700, 700, large=True)
"""The photo beside its conversation. Phones have it from the feed, in the same rendition."""

GRID = Box(33.4, 315, 315)
FOUND = Box(33.4, 212, 212)
MOSAIC = Box(33.4, 294, 244)
MOSAIC_BIG = Box(66.9, 596, 496)


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

    def written(cases: list[Case], wider: Js) -> Js:
        text = js("")
        for condition, width, unit in cases:
            text = text + condition + wider * width + unit
        return text

    def all_cases(wider: Js) -> Js:
        # Of a photo that is stored without it those Chromes would take one of 640.
        cut = js(photo).widths.includes(DENSE_PHONE_WIDTH)
        dense = when(cut, written(box.dense_widths(), wider), "") if box.large else ""
        return js(dense) + written(box.widths(), wider)

    return where(name("Math.max")(1, aspect(photo) / box_aspect), all_cases)
