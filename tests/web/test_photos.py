"""A photo's files as the browser is told of them, and what two quick taps are."""

from __future__ import annotations

import pytest

from instagram_clone import routes
from instagram_clone.web.browser.photos import is_double, source_set, usual_source
from tests.web.node_runner import call

WIDTHS = [[320, 640, 1080, 2048], [320, 500], [64]]


@pytest.mark.parametrize("widths", WIDTHS)
def test_the_browser_is_told_of_every_rendition_and_without_asking_takes_the_usual_one(
    widths: list[int],
) -> None:
    photo = {"id": "a1", "widths": widths}
    told = ", ".join(f"{routes.media_url('a1', width)} {width}w" for width in widths)
    assert call(source_set, photo) == told
    usual = next((width for width in widths if width >= 640), widths[-1])
    assert call(usual_source, photo) == routes.media_url("a1", usual)


def test_two_quick_taps_are_one_and_the_first_of_all_is_none() -> None:
    assert call(is_double, 1349, 1000) is True
    assert call(is_double, 1350, 1000) is False
    assert call(is_double, 100, 0) is False
