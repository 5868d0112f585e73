"""The three steps to a post: choosing a photo, cropping it, describing it."""

from __future__ import annotations

import reflex as rx

from instagram_clone.domain.posts.posts import ALT_LENGTH, CAPTION_LENGTH
from instagram_clone.web.browser.core import Js, dom
from instagram_clone.web.browser.forms.uploads import LIMITS
from instagram_clone.web.components.composer.cropping import ratio_choice, zoom_slider
from instagram_clone.web.components.elements.art import UPLOAD, drawing
from instagram_clone.web.components.elements.basics import avatar
from instagram_clone.web.states.session import SessionState


def choose_step(files: Js) -> rx.Component:
    """Drop a photo, or choose a file; `files` is the ref of the file input."""
    return rx.el.div(
        drawing(UPLOAD),
        rx.el.p("Drop a photo here", class_name="ic-h2 ic-pointeronly"),
        rx.el.p("Choose a photo", class_name="ic-h2 ic-touchonly"),
        rx.el.p("or choose one from your device", class_name="ic-pointeronly"),
        rx.el.button(
            "Select photos",
            type="button",
            class_name="ic-btn is-primary",
            **dom(data_autofocus=True, on_click=lambda: files.current.click()),
        ),
        rx.el.p(LIMITS, class_name="ic-xs ic-muted"),
        class_name="ic-drop",
    )


def crop_step(frame: rx.Component, row: rx.Component, crop: Js, set_crop: Js) -> rx.Component:
    """Choose which part of the photo is shown; `row` shows the progress of its upload."""
    return rx.el.div(
        rx.el.div(frame, class_name="ic-edit-stage"),
        rx.el.div(
            row,
            rx.el.h3("Aspect ratio"),
            ratio_choice(crop, set_crop),
            rx.el.h3("Position"),
            zoom_slider(crop, set_crop),
            rx.el.p(
                rx.el.span("Drag the photo, or use the arrow keys on it, to choose what is shown."),
                class_name="ic-hint",
            ),
            class_name="ic-edit-side",
        ),
        class_name="ic-edit",
    )


def describe_step(
    frame: rx.Component, *status: rx.Component, caption: tuple[Js, Js], alt: tuple[Js, Js]
) -> rx.Component:
    """The caption and the alt text, each a pair of its value and setter."""
    text, set_text = caption
    description, set_description = alt
    limit = f"{CAPTION_LENGTH:,}"
    return rx.el.div(
        rx.el.div(frame, class_name="ic-edit-stage"),
        rx.el.div(
            rx.el.div(
                avatar(SessionState.avatar, SessionState.username, 32),
                rx.el.span(SessionState.username, class_name="ic-user"),
                class_name="ic-row ic-compose-by",
            ),
            rx.el.textarea(
                aria_label="Caption",
                placeholder="Write a caption…",
                max_length=CAPTION_LENGTH,
                class_name="ic-textarea",
                **dom(value=text, on_change=lambda event: set_text(event.target.value)),
            ),
            rx.el.div(
                rx.el.span(),
                rx.el.span(
                    text.length.toLocaleString("en"),
                    f" / {limit}",
                    **dom(aria_label=text.length + f" of {limit} characters"),
                ),
                class_name="ic-compose-bar",
            ),
            rx.el.div(
                rx.el.label(
                    rx.el.span("Alt text"),
                    rx.el.span("For people who cannot see the photo", class_name="ic-muted"),
                    html_for="alt-1",
                    class_name="ic-label",
                ),
                rx.el.input(
                    aria_label="Alt text for photo 1",
                    max_length=ALT_LENGTH,
                    class_name="ic-input",
                    **dom(
                        id="alt-1",
                        value=description,
                        on_change=lambda event: set_description(event.target.value),
                    ),
                ),
                class_name="ic-alt",
            ),
            *status,
            class_name="ic-compose",
        ),
        class_name="ic-edit is-compose",
    )
