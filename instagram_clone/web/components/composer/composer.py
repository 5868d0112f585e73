"""Creating a post: choose, crop, describe. The upload starts as soon as a photo is chosen."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import (
    Js,
    assign,
    document,
    dom,
    effect,
    fn,
    js,
    let,
    listen,
    ref,
    state,
    when,
    where,
    window,
)
from instagram_clone.web.browser.forms.attempts import attempt
from instagram_clone.web.browser.forms.uploads import carries_files, discard
from instagram_clone.web.browser.layers import overlays
from instagram_clone.web.browser.posts.crop import WHOLE, visible_part
from instagram_clone.web.browser.posts.post_drafts import DONE, FAILED, REFUSED, Draft, draft
from instagram_clone.web.components.composer.cropping import crop_frame, crop_preview
from instagram_clone.web.components.composer.leaving import post_guard
from instagram_clone.web.components.composer.steps import choose_step, crop_step, describe_step
from instagram_clone.web.components.composer.uploads import file_input, upload_row
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.forms.fields import alert
from instagram_clone.web.components.layout.layers import close_button, dialog
from instagram_clone.web.components.layout.overlays import overlay
from instagram_clone.web.device import COMPOSER
from instagram_clone.web.states.posts.composer import ComposerState
from instagram_clone.web.states.ui import UIState

CHOOSE, CROP, DESCRIBE = 1, 2, 3
TITLES = {CHOOSE: "Create new post", CROP: "Crop", DESCRIBE: "New post"}


@rx.memo
def composer() -> rx.Component:
    """The composer, once a button, the key `n` or the address (`?create`) opens it."""
    composer_overlay = overlay(COMPOSER)
    # Closes it without navigating, as that is under way.
    by_address = UIState.opened == COMPOSER
    leave = fn(lambda: when(by_address, overlays.leave(COMPOSER), overlays.close(COMPOSER)))
    return rx.fragment(
        composer_overlay.effects,
        rx.cond(
            composer_overlay.is_open,
            composer_dialog(close=composer_overlay.close, leave=leave),
            rx.fragment(),
        ),
    )


@rx.memo
def composer_dialog(*, close: rx.Var[Any], leave: rx.Var[Any]) -> rx.Component:
    """The steps to a post. Asks before discarding anything that was entered.

    `close` is a function that closes it; `leave` one that does so while the page is being left.
    """
    new_post = draft()
    photo = new_post.photo
    wanted_step, set_step = state("step", CROP)
    crop, set_crop = state("crop", WHOLE)
    caption, set_caption = state("caption", "")
    alt, set_alt = state("alt", "")
    asking, set_asking = state("asking", False)
    files, closing = ref("files"), ref("closing", False)
    is_usable = let(photo & (photo.state != REFUSED))
    step = let(when(is_usable, wanted_step, CHOOSE))
    has_content = let(is_usable | caption | alt)
    delete_photo = when(photo.id, discard(photo.id))
    close_dialog = fn(lambda: [assign(closing, current=True), js(close)()])

    def dismiss() -> Js:
        return when(has_content, set_asking(True), close_dialog())

    # The crop and the alt text belong to the photo, the caption to the post.
    forget_photo = [set_step(CROP), set_crop(WHOLE), set_alt("")]

    def choose(file: Js) -> list[Any]:
        return [*forget_photo, new_post.begin(file)]

    def remove() -> list[Any]:
        return [*forget_photo, new_post.remove()]

    def share(key: Js) -> Js:
        return where(
            visible_part(crop, new_post.shape),
            lambda area: ComposerState.share(
                photo.id, caption, alt, area.x, area.y, area.width, area.height, key
            ),
        )

    sharing = attempt(share, done=lambda: close_dialog())
    row = upload_row(new_post, remove=remove, choose=lambda: files.current.click())
    return dialog(
        rx.fragment(
            new_post.cleanup,
            listen(lambda: window, "paste", lambda event: _begin_pasted(event, new_post), photo),
            *sharing.effects,
        ),
        file_input(files, lambda chosen: choose(chosen[0]), "Photo"),
        _head(
            step,
            dismiss,
            set_step,
            rx.cond(
                step == DESCRIBE,
                rx.el.button(
                    rx.cond(sharing.is_sent, "Sharing…", "Share"),
                    type="button",
                    class_name="ic-textbtn",
                    disabled=(photo.state != DONE) | sharing.is_sent,
                    aria_busy=sharing.is_sent,
                    **dom(on_click=lambda: sharing.begin),
                ),
                rx.cond(
                    is_usable,
                    rx.el.button(
                        "Next",
                        type="button",
                        class_name="ic-textbtn",
                        disabled=photo.state == FAILED,
                        **dom(on_click=lambda: set_step(step + 1)),
                    ),
                    rx.fragment(),
                ),
            ),
        ),
        rx.el.div(
            rx.cond(
                step == DESCRIBE,
                describe_step(
                    crop_preview(new_post, crop),
                    rx.cond(photo.state == DONE, rx.fragment(), row),
                    alert(sharing.refused),
                    caption=(caption, set_caption),
                    alt=(alt, set_alt),
                ),
                rx.cond(
                    step == CROP,
                    crop_step(crop_frame(new_post, crop, set_crop, step), row, crop, set_crop),
                    rx.cond(photo, row, choose_step(files)),
                ),
            ),
            class_name="ic-dialog-body",
            **_drop_props(new_post),
        ),
        rx.cond(
            has_content | asking,
            post_guard(
                asking=asking,
                closing=closing,
                keep=fn(lambda: set_asking(False)),
                discard=fn(lambda: [delete_photo, close_dialog()]),
                leave=fn(lambda: [delete_photo, js(leave)()]),
            ),
            rx.fragment(),
        ),
        label="Create new post",
        look="ic-create is-full",
        width="880px",
        close=fn(dismiss),
    )


def _begin_pasted(event: Js, new_post: Draft) -> Js:
    file = event.clipboardData.files[0]
    return when(file & ~new_post.photo, [event.preventDefault(), new_post.begin(file)])


def _drop_props(new_post: Draft) -> dict[str, Any]:
    """Accept a dropped file while there is no photo yet. Anything else is left to the browser."""
    over, set_over = state("over", False)

    def drag(event: Js) -> Js:
        return when(carries_files(event), [event.preventDefault(), set_over(True)])

    def drop(event: Js) -> list[Any]:
        begin = where(
            event.dataTransfer.files[0], lambda file: when(file & ~new_post.photo, new_post.begin(file))
        )
        return [set_over(False), when(carries_files(event), [event.preventDefault(), begin])]

    return dom(data_over=over, on_drag_over=drag, on_drag_leave=lambda: set_over(False), on_drop=drop)


def _head(step: Js, leave: Any, set_step: Js, next_button: rx.Component) -> rx.Component:
    title = ref("title")
    # The focused element may have been removed along with the previous step.
    focus_is_lost = document.activeElement == document.body
    return rx.el.header(
        effect(lambda: when(focus_is_lost, title.current.focus({"preventScroll": True})), step),
        rx.el.span(
            rx.cond(step == DESCRIBE, rx.fragment(), close_button(icon("x", 22), close=fn(leave))),
            rx.cond(
                step == CHOOSE,
                rx.fragment(),
                close_button(icon("arrow-left", 22), close=fn(lambda: set_step(step - 1)), label="Back"),
            ),
        ),
        rx.el.div(
            rx.el.h2(js(TITLES)[step], tab_index=-1, **dom(ref=title)),
            rx.el.span(
                *[rx.el.i(class_name=rx.cond(step >= number, "is-on", "")) for number in TITLES],
                aria_hidden="true",
                class_name="ic-stepper",
            ),
        ),
        rx.el.span(next_button),
        class_name="ic-dialog-head",
    )
