"""Which rendition a browser picks for a photo that fills a box: one it need not upscale."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.domain.media.imaging import DENSE_PHONE_WIDTH, POST_ASPECTS, WIDTHS
from instagram_clone.web.browser.posts import renditions
from instagram_clone.web.browser.posts.renditions import Box
from tests.web.node_runner import call, run

SIZES = re.compile(
    r"(?:\(max-width: 767px\) and \(min-resolution: 3dppx\) and \(pointer: coarse\) ([\d.]+)vw, "
    r"\(max-width: 767px\) and \(min-resolution: 2.5dppx\) and \(pointer: coarse\) ([\d.]+)vw, )?"
    r"\(max-width: 767px\) ([\d.]+)vw, \(max-width: 1023px\) ([\d.]+)px, ([\d.]+)px"
)
WIDTHS_WITHOUT_DENSE = tuple(width for width in WIDTHS if width != DENSE_PHONE_WIDTH)
ASPECTS = st.floats(0.1, 10).map(
    lambda aspect: {"width": round(3000 * aspect), "height": 3000, "widths": WIDTHS}
)
photos = st.lists(ASPECTS, min_size=20, max_size=60)


def box_width(box: Box, window: int) -> float:
    return window * box.phone / 100 if window < 768 else box.tablet if window < 1024 else box.desktop


def requested_width(sizes: str, window: int, density: float = 1) -> float:
    """Return the width a browser derives from `sizes` for a window width; a narrow window is a phone's."""
    found = SIZES.fullmatch(sizes)
    assert found is not None, sizes
    densest, dense, phone, tablet, desktop = (float(one or 0) for one in found.groups())
    if window < 768:
        phone = (densest if density >= 3 else dense if density >= 2.5 else 0) or phone
    return window * phone / 100 if window < 768 else tablet if window < 1024 else desktop


def smallest_sufficient(requested: float, density: float, widths: Sequence[int]) -> int:
    """Return the rendition that browsers pick."""
    return next((width for width in widths if width >= requested * density), widths[-1])


def nearest(requested: float, density: float, widths: Sequence[int]) -> int:
    """Return the one older Chromes pick: the smaller of two below the geometric mean of their densities."""
    for smaller, larger in pairwise(widths):
        if larger >= requested * density:
            return smaller if density < math.sqrt(smaller * larger) / requested else larger
    return widths[-1]


@pytest.mark.parametrize("box", [renditions.GRID, renditions.MOSAIC, renditions.MOSAIC_BIG])
@settings(max_examples=5, deadline=None)
@given(photos)
def test_no_photo_in_a_square_box_is_upscaled(box: Box, shapes: list[dict[str, int]]) -> None:
    for photo, sizes in zip(
        shapes, run(lambda photo: renditions.sizes(photo, box), [[one] for one in shapes]), strict=True
    ):
        aspect = photo["width"] / photo["height"]
        for density in (1, 2):
            for window in (320, 390, 767, 768, 1023, 1024, 1440):
                drawn = box_width(box, window) * max(1, aspect) * density
                requested = requested_width(sizes, window) * density
                picked = next((width for width in WIDTHS if width >= requested), WIDTHS[-1])
                assert picked >= min(drawn, WIDTHS[-1]) - 0.001, (photo, window, density)
                # Nor is it larger than needed.
                assert picked == next((width for width in WIDTHS if width >= drawn - 0.001), WIDTHS[-1])


PHONES = [(360, 3), (375, 3), (390, 3), (393, 3), (402, 3), (412, 2.625), (393, 2.75), (384, 2.8125)]


@pytest.mark.parametrize("picked", [smallest_sufficient, nearest])
@pytest.mark.parametrize("window, density", PHONES)
def test_a_dense_phone_takes_two_device_pixels_per_css_pixel(
    picked: Callable[[float, float, Sequence[int]], int], window: int, density: float
) -> None:
    photo = {"width": 1080, "height": 1350, "widths": WIDTHS}
    sizes = call(lambda photo: renditions.sizes(photo, renditions.FEED, POST_ASPECTS[0]), photo)
    assert picked(requested_width(sizes, window, density), density, WIDTHS) == DENSE_PHONE_WIDTH
    assert 1.99 * window <= DENSE_PHONE_WIDTH
    # So that the photo is already loaded when the post is opened.
    detail = call(lambda photo: renditions.sizes(photo, renditions.DETAIL, POST_ASPECTS[0]), photo)
    assert requested_width(detail, window, density) == requested_width(sizes, window, density)


@pytest.mark.parametrize("picked", [smallest_sufficient, nearest])
@pytest.mark.parametrize("window, density", PHONES)
def test_a_dense_phone_takes_a_larger_rendition_if_that_one_is_not_stored(
    picked: Callable[[float, float, Sequence[int]], int], window: int, density: float
) -> None:
    photo = {"width": 1080, "height": 1350, "widths": WIDTHS_WITHOUT_DENSE}
    sizes = call(lambda photo: renditions.sizes(photo, renditions.FEED, POST_ASPECTS[0]), photo)
    assert picked(requested_width(sizes, window, density), density, WIDTHS_WITHOUT_DENSE) >= 1080


@settings(max_examples=5, deadline=None)
@given(photos)
def test_the_feed_shows_photos_in_their_own_aspect_ratio_where_allowed(
    shapes: list[dict[str, int]],
) -> None:
    least, most = POST_ASPECTS
    own = [photo["width"] / photo["height"] for photo in shapes]
    shown = run(renditions.feed_aspect, [[photo] for photo in shapes])
    assert shown == [min(most, max(least, aspect)) for aspect in own]
    full = run(
        lambda photo: renditions.sizes(photo, renditions.FEED, renditions.feed_aspect(photo)),
        [[one] for one in shapes],
    )
    for sizes, aspect, box in zip(full, own, shown, strict=True):
        assert requested_width(sizes, 1440) == pytest.approx(484 * max(1, aspect / box))
