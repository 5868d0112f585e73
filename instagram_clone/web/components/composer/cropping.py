"""Choosing which part of a photo is shown."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import Js, dom, let, listen, merged, name, ref, when, where
from instagram_clone.web.browser.layers.touches import drag_and_pinch
from instagram_clone.web.browser.posts.crop import (
    MAX_ZOOM,
    ORIGINAL,
    RATIOS,
    WHEEL_PX,
    moved,
    moved_by_key,
    ratio_of,
    visible_part,
    zoomed,
)
from instagram_clone.web.browser.posts.post_drafts import Draft
from instagram_clone.web.components.elements.basics import icon

_GLYPHS = {"4:5": (22, 28), "1:1": (26, 26), "3:2": (30, 20)}


def crop_frame(draft: Draft, crop: Js, set_crop: Js, step: Js) -> rx.Component:
    """The cropped photo, to be dragged, pinched, zoomed by the wheel, or moved by keys.

    For use in an `rx.memo`. It is mounted and unmounted with the `step` and the photo, so the
    wheel listener depends on both.
    """
    frame = ref("frame")
    visible = let(visible_part(crop, draft.shape))

    def move(to: Js) -> Js:
        return when(to, set_crop(to))

    def drag(event: Js) -> Js:
        box = frame.current.getBoundingClientRect()
        right, down = (
            event.movementX / box.width * visible.width,
            event.movementY / box.height * visible.height,
        )
        return move(moved(crop, visible, right, down))

    def zoom(factor: Js) -> Js:
        return set_crop(lambda before: zoomed(before, factor))

    def scroll(event: Js) -> list[Js]:
        return [event.preventDefault(), zoom(name("Math.exp")(event.deltaY / -WHEEL_PX))]

    def press(event: Js) -> Js:
        to = moved_by_key(crop, visible, event.key)
        return where(to, lambda to: [when(to, event.preventDefault()), move(to)])

    return _frame(
        draft,
        crop,
        visible,
        rx.el.span(class_name="ic-thirds"),
        listen(lambda: frame.current, "wheel", scroll, step, draft.photo),
        ref=frame,
        role="group",
        tab_index=0,
        aria_label="Position of photo 1",
        on_key_down=press,
        **drag_and_pinch(drag, zoom),
    )


def crop_preview(draft: Draft, crop: Js) -> rx.Component:
    """The cropped photo, not editable. For use in an `rx.memo`."""
    return _frame(draft, crop, let(visible_part(crop, draft.shape)))


def _frame(draft: Draft, crop: Js, visible: Js, *over: rx.Component, **more: Any) -> rx.Component:
    ratio = let(ratio_of(crop, draft.shape))
    photo = draft.photo

    def percent(of: Js) -> Js:
        return of * 100 + "%"

    image = rx.el.img(
        src=draft.source,
        alt="Preview of photo 1",
        **dom(
            draggable=False,
            style={
                "width": percent(1 / visible.width),
                "height": percent(1 / visible.height),
                "left": percent(-visible.x / visible.width),
                "top": percent(-visible.y / visible.height),
            },
            on_load=lambda event: draft.measured(event.currentTarget),
            on_error=lambda: draft.broken(),
        ),
    )
    return rx.el.div(
        rx.cond(
            photo.broken & ~photo.preview,
            rx.el.p("Preparing a preview…", class_name="ic-frame-wait", role="status"),
            image,
        ),
        *over,
        class_name="ic-frame",
        **dom(style={"aspectRatio": ratio, "--ar": ratio}, **more),
    )


def ratio_choice(crop: Js, set_crop: Js) -> rx.Component:
    """The aspect ratios a post may have."""

    def choice(label: str, ratio: float) -> rx.Component:
        wide, high = _GLYPHS.get(label, (0, 0))
        glyph = icon("image", 26) if ratio == ORIGINAL else rx.el.i(style={"width": wide, "height": high})
        return rx.el.label(
            rx.el.input(
                type="radio",
                name="ratio",
                **dom(
                    checked=crop.ratio == ratio,
                    on_change=lambda: set_crop(merged(crop, {"ratio": ratio})),
                ),
            ),
            glyph,
            label,
            class_name="ic-ratio",
        )

    return rx.el.div(
        *[choice(label, ratio) for label, ratio in RATIOS.items()],
        role="radiogroup",
        aria_label="Aspect ratio",
        class_name="ic-ratios",
    )


def zoom_slider(crop: Js, set_crop: Js) -> rx.Component:
    """The zoom of the crop."""
    return rx.el.label(
        rx.el.span("Zoom"),
        rx.el.output(crop.zoom.toFixed(1), "×"),
        rx.el.input(
            type="range",
            aria_label="Zoom",
            class_name="ic-range",
            **dom(
                min=1,
                max=MAX_ZOOM,
                step=0.05,
                value=crop.zoom,
                style={"--v": (crop.zoom - 1) / (MAX_ZOOM - 1) * 100 + "%"},
                on_change=lambda event: set_crop(
                    merged(crop, {"zoom": name("Number")(event.target.value)})
                ),
            ),
        ),
        class_name="ic-slider",
    )
