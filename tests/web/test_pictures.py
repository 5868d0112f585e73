"""Which rendition a browser takes of a photo that fills a box: one that need not be enlarged."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.domain.pictures import POST_ASPECTS, WIDTHS
from instagram_clone.web.browser import pictures
from instagram_clone.web.browser.pictures import Box
from tests.web.node_runner import run

SIZES = re.compile(r"\(max-width: 767px\) ([\d.]+)vw, \(max-width: 1023px\) ([\d.]+)px, ([\d.]+)px")
ASPECTS = st.floats(0.1, 10).map(lambda aspect: {"width": round(3000 * aspect), "height": 3000})
photos = st.lists(ASPECTS, min_size=20, max_size=60)


def box_width(box: Box, window: int) -> float:
    return window * box.phone / 100 if window < 768 else box.tablet if window < 1024 else box.desktop


def asked_width(sizes: str, window: int) -> float:
    """What a browser makes of `sizes` in a window."""
    found = SIZES.fullmatch(sizes)
    assert found is not None, sizes
    phone, tablet, desktop = map(float, found.groups())
    return window * phone / 100 if window < 768 else tablet if window < 1024 else desktop


@pytest.mark.parametrize("box", [pictures.GRID, pictures.MOSAIC, pictures.MOSAIC_BIG])
@settings(max_examples=5, deadline=None)
@given(photos)
def test_no_picture_in_a_square_box_is_enlarged(box: Box, shapes: list[dict[str, int]]) -> None:
    for photo, sizes in zip(
        shapes, run(lambda photo: pictures.sizes(photo, box), [[one] for one in shapes]), strict=True
    ):
        aspect = photo["width"] / photo["height"]
        for density in (1, 2):
            for window in (320, 390, 767, 768, 1023, 1024, 1440):
                drawn = box_width(box, window) * max(1, aspect) * density
                asked = asked_width(sizes, window) * density
                taken = next((width for width in WIDTHS if width >= asked), WIDTHS[-1])
                assert taken >= min(drawn, WIDTHS[-1]) - 0.001, (photo, window, density)
                # Nor a larger one than is needed.
                assert taken == next((width for width in WIDTHS if width >= drawn - 0.001), WIDTHS[-1])


@settings(max_examples=5, deadline=None)
@given(photos)
def test_the_feed_shows_photos_in_their_own_shape_where_posts_may_have_it(
    shapes: list[dict[str, int]],
) -> None:
    least, most = POST_ASPECTS
    own = [photo["width"] / photo["height"] for photo in shapes]
    shown = run(pictures.feed_aspect, [[photo] for photo in shapes])
    assert shown == [min(most, max(least, aspect)) for aspect in own]
    full = run(
        lambda photo: pictures.sizes(photo, pictures.FEED, pictures.feed_aspect(photo)),
        [[one] for one in shapes],
    )
    for sizes, aspect, box in zip(full, own, shown, strict=True):
        assert asked_width(sizes, 1440) == pytest.approx(484 * max(1, aspect / box))
