"""Choosing photos on this device, and the progress of their uploads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import Js, dom, let, ref, state, when, where
from instagram_clone.web.browser.forms.uploads import (
    ACCEPT,
    file_size,
    on_choose,
    percent,
    refusal,
    send,
)
from instagram_clone.web.browser.layers.toasts import announce
from instagram_clone.web.browser.posts.post_drafts import BUSY, DONE, FAILED, REFUSED, Draft
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.states.people.account import SettingsState


def file_input(box: Js, take: Callable[[Js], Any], label: str, *, many: bool = False) -> rx.Component:
    """A hidden file input, opened by `box.current.click()`; `take` is called with the chosen files."""
    return rx.el.input(
        type="file",
        accept=ACCEPT,
        multiple=many,
        hidden=True,
        aria_label=label,
        **dom(ref=box, on_change=on_choose(take)),
    )


@rx.memo
def avatar_button() -> rx.Component:
    """A button that chooses, uploads and sets a profile photo."""
    box = ref("box")
    sent, set_sent = state("sent", -1)

    def failed(why: Any) -> list[Any]:
        return [set_sent(-1), announce(why, error=True)]

    def done(draft: Js) -> list[Any]:
        return [set_sent(-1), SettingsState.use_photo(draft.id)]

    def begin(file: Js) -> list[Any]:
        return [set_sent(0), send(file, progress=set_sent, done=done, failed=failed)]

    def take(files: Js) -> Js:
        file = files[0]
        return where(refusal(file), lambda why: when(why, failed(why), begin(file)))

    return rx.fragment(
        rx.el.button(
            rx.cond(sent < 0, "Change photo", "Uploading " + percent(sent) + "%"),
            type="button",
            class_name="ic-btn is-sm",
            disabled=sent >= 0,
            **dom(on_click=lambda: box.current.click()),
        ),
        file_input(box, take, "Profile photo"),
    )


def upload_row(draft: Draft, *, remove: Callable[[], Any], choose: Callable[[], Any]) -> rx.Component:
    """The upload of a photo: its progress, or its error and how to fix it. For use in an `rx.memo`."""
    photo = draft.photo
    has_error = let((photo.state == FAILED) | (photo.state == REFUSED))
    size = photo.file.size
    sent = let(percent(photo.sent))
    meta = rx.el.div(
        rx.el.span(
            when(
                photo.state == DONE,
                file_size(size),
                file_size(size * photo.sent) + " of " + file_size(size),
            )
        ),
        rx.el.span(when(photo.state == DONE, "Uploaded", when(sent < 100, sent + "%", "Preparing"))),
        class_name="ic-upload-meta",
    )
    progress = rx.el.div(
        rx.el.i(**dom(style={"width": sent + "%"})),
        role="progressbar",
        aria_label="Uploading " + photo.file.name,
        aria_valuenow=sent,
        aria_valuemin=0,
        aria_valuemax=100,
        class_name="ic-progress",
    )
    error = rx.el.div(
        icon("circle-alert", 15), rx.el.span(photo.why), class_name="ic-upload-meta", role="alert"
    )
    return rx.el.ol(
        rx.el.li(
            rx.cond(
                (photo.state == REFUSED) | (photo.broken & ~photo.preview),
                rx.el.span(icon("image", 24), class_name="ic-upload-none"),
                rx.el.img(
                    src=draft.source, alt="", **dom(width=56, height=56, on_error=lambda: draft.broken())
                ),
            ),
            rx.el.div(
                rx.el.p(photo.file.name, class_name="ic-strong ic-truncate"),
                rx.cond(has_error, error, meta),
                rx.cond(photo.state == BUSY, progress, rx.fragment()),
            ),
            rx.el.div(
                _action(
                    photo.state == FAILED, "Retry", "rotate-cw", photo, lambda: draft.begin(photo.file)
                ),
                _action(photo.state == REFUSED, "Choose another", "image-plus", photo, choose),
                rx.el.button(
                    rx.cond(photo.state == BUSY, icon("x", 18), icon("trash-2", 18)),
                    type="button",
                    aria_label=when(photo.state == BUSY, "Cancel ", "Remove ") + photo.file.name,
                    class_name="ic-iconbtn is-sm is-muted",
                    **dom(on_click=remove),
                ),
                class_name="ic-upload-actions",
            ),
            class_name=rx.cond(
                has_error,
                "ic-upload is-error",
                rx.cond(photo.state == DONE, "ic-upload is-done", "ic-upload is-busy"),
            ),
        ),
        class_name="ic-uploads",
    )


def _action(shown: Js, label: str, icon_name: str, photo: Js, act: Callable[[], Any]) -> rx.Component:
    button = rx.el.button(
        icon(icon_name, 16),
        label,
        type="button",
        class_name="ic-btn is-sm",
        aria_label=f"{label} " + photo.file.name if label == "Retry" else label,
        **dom(on_click=act),
    )
    return rx.cond(shown, button, rx.fragment())
