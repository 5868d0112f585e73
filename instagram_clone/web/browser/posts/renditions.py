"""The size at which a photo is drawn, so that the browser picks a rendition it need not upscale."""

from __future__ import annotations

from typing import Any, NamedTuple

from instagram_clone.domain.media.imaging import DENSE_PHONE_WIDTH, POST_ASPECTS
from instagram_clone.web.browser.core import Js, js, name, when, where

PHONE_BELOW, DESKTOP_FROM = 768, 1024
DENSE = ((3, 0.68), (2.5, 0.76))
"""For phones with at least N device pixels per CSS pixel, the fraction of a photo's width to request.

It comes to about two device pixels per CSS pixel, as nobody sees more on a phone, plus a small margin,
because older Chromes take the next smaller rendition if its width is nearer. A zoomed page on a desktop is
just as narrow and dense, but there the extra pixels are visible; hence the `pointer: coarse` condition.
"""

_PHONE = f"(max-width: {PHONE_BELOW - 1}px) "

Case = tuple[str, float, str]
"""One entry in `sizes`: its media condition, a number, and its unit followed by any separator."""


class Box(NamedTuple):
    """The maximum width of a box: on phones in percent of the viewport (vw), on tablets and desktops in px.

    Dense phones request a photo for a large box as `DENSE` specifies.
    """

    phone: float
    tablet: float
    desktop: float
    large: bool = False

    def widths(self) -> list[Case]:
        """Return its width on phones, on tablets, and on everything else."""
        return [
            (_PHONE, self.phone, "vw, "),
            (f"(max-width: {DESKTOP_FROM - 1}px) ", self.tablet, "px, "),
            ("", self.desktop, "px"),
        ]

    def dense_widths(self) -> list[Case]:
        """Return the entries for dense phones, which go first if there is a rendition for them."""
        return [
            (f"{_PHONE}and (min-resolution: {dppx}dppx) and (pointer: coarse) ", self.phone * part, "vw, ")
            for dppx, part in DENSE
            if self.large
        ]


FEED = Box(100, 484, 484, large=True)
DETAIL = Box(100, 700, 700, large=True)
"""The photo next to its comments. Phones reuse the rendition loaded by the feed."""

GRID = Box(33.4, 315, 315)
FOUND = Box(33.4, 212, 212)
MOSAIC = Box(33.4, 294, 244)
MOSAIC_BIG = Box(66.9, 596, 496)


def aspect(photo: Any) -> Js:
    """Return a photo's aspect ratio (width / height)."""
    return js(photo).width / js(photo).height


def feed_aspect(photo: Any) -> Js:
    """Return the aspect ratio in which the feed shows a photo: its own, clamped to what posts allow."""
    least, most = POST_ASPECTS
    return name("Math.min")(most, name("Math.max")(least, aspect(photo)))


def sizes(photo: Any, box: Box, box_aspect: Any = 1) -> Js:
    """Return the `sizes` of an image that fills a box and is cropped by it (`object-fit: cover`).

    Browsers choose by width alone. A photo with a wider aspect ratio than its box is only partly visible,
    and the whole is drawn wider than the box by that factor.
    """

    def text_of(cases: list[Case], wider: Js) -> Js:
        text = js("")
        for condition, width, unit in cases:
            text = text + condition + wider * width + unit
        return text

    def all_cases(wider: Js) -> Js:
        # If a photo is stored without this width, those older Chromes would take the 640 px rendition.
        has_dense = js(photo).widths.includes(DENSE_PHONE_WIDTH)
        dense = when(has_dense, text_of(box.dense_widths(), wider), "") if box.large else ""
        return js(dense) + text_of(box.widths(), wider)

    return where(name("Math.max")(1, aspect(photo) / box_aspect), all_cases)
