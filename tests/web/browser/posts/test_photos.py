"""A photo's renditions as offered to the browser, and the double tap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone import routes
from instagram_clone.domain.media.imaging import POST_ASPECTS
from instagram_clone.domain.media.media import Photo
from instagram_clone.web.browser.posts import renditions
from instagram_clone.web.browser.posts.photos import is_double, source_set, usual_source
from instagram_clone.web.html.parts import photos
from tests.web.node_runner import call, run

WIDTHS = [[320, 640, 828, 1080, 2048], [320, 640, 1080], [320, 500], [64]]


@pytest.mark.parametrize("widths", WIDTHS)
def test_every_rendition_is_offered_and_the_usual_one_is_the_fallback(
    widths: list[int],
) -> None:
    photo = {"id": "a1", "widths": widths}
    offered = ", ".join(f"{routes.media_url('a1', width)} {width}w" for width in widths)
    assert call(source_set, photo) == offered
    usual = next((width for width in widths if width >= 640), widths[-1])
    assert call(usual_source, photo) == routes.media_url("a1", usual)


SHAPES = st.tuples(st.integers(16, 2048), st.integers(16, 2048), st.sampled_from(WIDTHS))


@pytest.mark.parametrize(
    "box", [renditions.FEED, renditions.DETAIL, renditions.GRID, renditions.MOSAIC, renditions.MOSAIC_BIG]
)
@settings(max_examples=5)
@given(st.lists(SHAPES, min_size=20, max_size=60))
def test_the_server_and_the_browser_write_identical_sizes(
    box: renditions.Box, shapes: list[tuple[int, int, list[int]]]
) -> None:
    stored = [Photo("a1", width, height, widths, "", "", "") for width, height, widths in shapes]
    for box_aspect in (1, POST_ASPECTS[1]):
        traced = run(_sizes_for(box, box_aspect), [[asdict(photo)] for photo in stored])
        assert [photos.sizes(photo, box, box_aspect) for photo in stored] == traced


def _sizes_for(box: renditions.Box, box_aspect: float) -> Callable[[Any], Any]:
    return lambda photo: renditions.sizes(photo, box, box_aspect)


def test_two_quick_taps_are_a_double_tap_and_a_first_tap_is_not() -> None:
    assert call(is_double, 1349, 1000) is True
    assert call(is_double, 1350, 1000) is False
    assert call(is_double, 100, 0) is False
