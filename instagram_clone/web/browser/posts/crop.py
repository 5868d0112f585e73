"""Cropping a photo. A crop is an aspect ratio, a zoom and a position, from 0 to 1 in both directions."""

from __future__ import annotations

from typing import Any

from instagram_clone.domain.media.imaging import POST_ASPECTS
from instagram_clone.web.browser.core import Js, js, merged, name, when, where

ORIGINAL = 0
"""The ratio of a crop that keeps the photo's own, clamped to what posts allow."""

RATIOS = {"4:5": 0.8, "1:1": 1, "3:2": 1.5, "Original": ORIGINAL}
MAX_ZOOM = 3
KEY_STEP = 0.02
WHEEL_PX = 400
"""The wheel movement, in pixels, that zooms in by a factor of e."""

WHOLE = {"ratio": ORIGINAL, "zoom": 1, "x": 0.5, "y": 0.5}
_DIRECTIONS = {"ArrowLeft": (1, 0), "ArrowRight": (-1, 0), "ArrowUp": (0, 1), "ArrowDown": (0, -1)}


def ratio_of(crop: Any, shape: Any) -> Js:
    """Return the aspect ratio (width / height) of a crop. `shape` is the photo's size, if known."""
    narrowest, widest = POST_ASPECTS
    own = when(shape, js(shape).width / js(shape).height, narrowest)
    return js(crop).ratio | _clamp(narrowest, own, widest)


def visible_part(crop: Any, shape: Any) -> Js:
    """Return the visible part, as fractions of the photo's size: `x`, `y`, `width`, `height`."""
    crop, own, ratio = js(crop), js(shape).width / js(shape).height, ratio_of(crop, shape)
    width = name("Math.min")(1, ratio / own) / crop.zoom
    height = name("Math.min")(1, own / ratio) / crop.zoom
    visible = {"x": (1 - width) * crop.x, "y": (1 - height) * crop.y, "width": width, "height": height}
    return when(shape, visible, {"x": 0, "y": 0, "width": 1, "height": 1})


def moved(crop: Any, visible: Any, right: Any, down: Any) -> Js:
    """Return a crop after its photo is moved by fractions of the photo's size, never beyond its edges."""
    crop, visible = js(crop), js(visible)
    x = when(visible.width < 1, _clamp(0, crop.x - js(right) / (1 - visible.width), 1), 0.5)
    y = when(visible.height < 1, _clamp(0, crop.y - js(down) / (1 - visible.height), 1), 0.5)
    return merged(crop, {"x": x, "y": y})


def zoomed(crop: Any, times: Any) -> Js:
    """Return a crop zoomed by a factor, within the limits."""
    return merged(crop, {"zoom": _clamp(1, js(crop).zoom * times, MAX_ZOOM)})


def moved_by_key(crop: Any, visible: Any, key: Any) -> Js:
    """Return a crop after a key press on its photo, or nothing for keys that do not move it."""
    return where(
        js(_DIRECTIONS)[key],
        lambda direction: when(
            direction, moved(crop, visible, direction[0] * KEY_STEP, direction[1] * KEY_STEP)
        ),
    )


def _clamp(least: Any, number: Any, most: Any) -> Js:
    return name("Math.min")(most, name("Math.max")(least, number))
