"""Which part of a photo is seen: a crop is a ratio, a zoom and where it lies, 0 to 1 in both directions."""

from __future__ import annotations

from typing import Any

from instagram_clone.domain.media.imaging import POST_ASPECTS
from instagram_clone.web.browser.core import Js, js, merged, name, when, where

ORIGINAL = 0
"""The ratio of a crop that keeps the photo's own, as far as posts may have it."""

RATIOS = {"4:5": 0.8, "1:1": 1, "3:2": 1.5, "Original": ORIGINAL}
MAX_ZOOM = 3
KEY_STEP = 0.02
WHEEL_PX = 400
"""How far a wheel turns for a photo to be seen e times as near."""

WHOLE = {"ratio": ORIGINAL, "zoom": 1, "x": 0.5, "y": 0.5}
_WAYS = {"ArrowLeft": (1, 0), "ArrowRight": (-1, 0), "ArrowUp": (0, 1), "ArrowDown": (0, -1)}


def ratio_of(crop: Any, shape: Any) -> Js:
    """The ratio of what is seen, width by height. `shape` is the photo's width and height, if known."""
    narrowest, widest = POST_ASPECTS
    own = when(shape, js(shape).width / js(shape).height, narrowest)
    return js(crop).ratio | _between(narrowest, own, widest)


def part(crop: Any, shape: Any) -> Js:
    """What is seen, as fractions of the photo's size: `x`, `y`, `width`, `height`."""
    crop, own, ratio = js(crop), js(shape).width / js(shape).height, ratio_of(crop, shape)
    width = name("Math.min")(1, ratio / own) / crop.zoom
    height = name("Math.min")(1, own / ratio) / crop.zoom
    seen = {"x": (1 - width) * crop.x, "y": (1 - height) * crop.y, "width": width, "height": height}
    return when(shape, seen, {"x": 0, "y": 0, "width": 1, "height": 1})


def moved(crop: Any, seen: Any, right: Any, down: Any) -> Js:
    """A crop after its photo was moved by fractions of the photo's size; never beyond its edges."""
    crop, seen = js(crop), js(seen)
    x = when(seen.width < 1, _between(0, crop.x - js(right) / (1 - seen.width), 1), 0.5)
    y = when(seen.height < 1, _between(0, crop.y - js(down) / (1 - seen.height), 1), 0.5)
    return merged(crop, {"x": x, "y": y})


def zoomed(crop: Any, times: Any) -> Js:
    """A crop that shows its photo so many times as near, as far as that goes."""
    return merged(crop, {"zoom": _between(1, js(crop).zoom * times, MAX_ZOOM)})


def moved_by_key(crop: Any, seen: Any, key: Any) -> Js:
    """A crop after a key was pressed on its photo; nothing for keys that do not move it."""
    return where(
        js(_WAYS)[key],
        lambda way: when(way, moved(crop, seen, way[0] * KEY_STEP, way[1] * KEY_STEP)),
    )


def _between(least: Any, number: Any, most: Any) -> Js:
    return name("Math.min")(most, name("Math.max")(least, number))
