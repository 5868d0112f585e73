"""Which part of a photo is visible: the rules in node against twins in Python."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.domain.media.imaging import POST_ASPECTS, check_crop
from instagram_clone.web.browser.layers.touches import distance
from instagram_clone.web.browser.posts.crop import (
    MAX_ZOOM,
    RATIOS,
    WHOLE,
    moved,
    moved_by_key,
    visible_part,
    zoomed,
)
from tests.web.node_runner import call, run

fraction = st.floats(0, 1, allow_nan=False)
crops = st.fixed_dictionaries(
    {"ratio": st.sampled_from([*RATIOS.values()]), "zoom": st.floats(1, 3), "x": fraction, "y": fraction}
)
shapes = st.fixed_dictionaries({"width": st.integers(16, 3072), "height": st.integers(16, 3072)})


def twin(crop: dict[str, Any], shape: dict[str, Any]) -> list[float]:
    own = shape["width"] / shape["height"]
    ratio = crop["ratio"] or min(POST_ASPECTS[1], max(POST_ASPECTS[0], own))
    width = min(1, ratio / own) / crop["zoom"]
    height = min(1, own / ratio) / crop["zoom"]
    return [(1 - width) * crop["x"], (1 - height) * crop["y"], width, height]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(crops, shapes), min_size=50, max_size=150))
def test_the_visible_part_is_within_the_photo_and_has_the_chosen_ratio(cases: list[Any]) -> None:
    for (crop, shape), visible in zip(cases, run(visible_part, cases), strict=True):
        found = [visible[key] for key in ("x", "y", "width", "height")]
        assert found == pytest.approx(twin(crop, shape))
        if min(found[2:]) >= 0.02:
            check_crop(*found)


def test_a_photo_cannot_be_moved_beyond_its_edges() -> None:
    crop, shape = {**WHOLE, "ratio": 1, "zoom": 2}, {"width": 800, "height": 400}
    visible = call(visible_part, crop, shape)
    assert visible == {"x": 0.375, "y": 0.25, "width": 0.25, "height": 0.5}
    assert call(moved, crop, visible, 0.075, 0) == {**crop, "x": pytest.approx(0.4)}
    assert call(moved, crop, visible, -9, 9) == {**crop, "x": 1, "y": 0}
    assert call(moved_by_key, crop, visible, "ArrowUp")["y"] == pytest.approx(0.46)
    whole = call(visible_part, {**WHOLE, "ratio": 1}, {"width": 400, "height": 400})
    assert call(moved, WHOLE, whole, 0.3, 0.3) == WHOLE


@settings(max_examples=5, deadline=None)
@given(st.lists(st.tuples(crops, st.floats(0.01, 100)), min_size=50, max_size=150))
def test_zoom_stays_within_its_limits(cases: list[Any]) -> None:
    for (crop, times), now in zip(cases, run(zoomed, cases), strict=True):
        assert now == {**crop, "zoom": pytest.approx(min(MAX_ZOOM, max(1, crop["zoom"] * times)))}


def test_distance_is_euclidean_and_never_zero() -> None:
    def point(x: float, y: float) -> dict[str, float]:
        return {"x": x, "y": y}

    assert call(distance, [point(0, 0), point(3, 4), point(99, 99)]) == 5
    assert call(distance, [point(7, 7), point(7, 7)]) == 1
