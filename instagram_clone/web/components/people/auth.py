"""The pages before log-in: their frame, and the form in it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import Js, dom, name, new
from instagram_clone.web.browser.forms.forms import Submission
from instagram_clone.web.browser.page.address import query
from instagram_clone.web.components.elements.basics import icon, logo
from instagram_clone.web.components.elements.device import device_preferences
from instagram_clone.web.components.elements.toasts import toaster
from instagram_clone.web.components.forms.fields import (
    NativeForm,
    alert,
    aria_props,
    error_or,
    field,
    note,
)
from instagram_clone.web.components.layout.heads import preview_watch
from instagram_clone.web.components.layout.session import restored_page_watch
from instagram_clone.web.components.layout.titles import page_title


def auth_page(title: str, *content: rx.Component) -> rx.Component:
    """The hero image, with the content beside it."""
    return rx.el.main(
        page_title(title=title),
        rx.el.div(
            rx.el.div(
                rx.el.img(src="/hero.svg", alt="", class_name="ic-hero"),
                rx.el.div(
                    rx.el.p("Small moments, beautifully kept."),
                    rx.el.p("Share photos with people you know. No ads, no noise."),
                    class_name="ic-auth-quote",
                ),
                class_name="ic-auth-art",
            ),
            class_name="ic-auth-hero",
        ),
        rx.el.div(*content, class_name="ic-auth-form"),
        toaster(),
        device_preferences(),
        preview_watch(),
        restored_page_watch(),
        id="main",
        tab_index=-1,
        class_name="ic-auth",
    )


def auth_form(
    form: Submission,
    label: str,
    *content: rx.Component,
    action: str,
    button: str,
    foot: rx.Component,
    **more: Any,
) -> rx.Component:
    """A form that the browser can submit natively, with its one button and a link to another page."""
    return NativeForm.create(
        form.focus,
        *content,
        rx.el.div(submit(form, button, "ic-btn is-primary is-lg is-block"), class_name="ic-auth-actions"),
        foot,
        action=action,
        method="post",
        no_validate=True,
        aria_label=label,
        class_name="ic-auth-box",
        **{**dom(ref=form.form, on_submit=form.submit), **more},
    )


def submit(form: Submission, label: str, class_name: str, **more: Any) -> rx.Component:
    """The submit button of a form; disabled until the answer arrives."""
    return rx.el.button(
        rx.cond(form.busy, icon("loader-circle", 20, "ic-spin"), rx.fragment()),
        label,
        type="submit",
        disabled=form.busy,
        aria_busy=form.busy,
        class_name=class_name,
        **more,
    )


def intro(title: str, sentence: Any) -> rx.Component:
    """The heading of the page."""
    return rx.el.div(
        logo(),
        rx.el.h1(title, class_name="ic-auth-title"),
        rx.el.p(sentence, class_name="ic-auth-sub"),
    )


def form_outcome(form: Submission) -> rx.Component:
    """The outcome of the form as a whole: that it worked, or why not."""
    return rx.fragment(note(form.done, **dom(ref=form.status)), alert(form.alert))


def auth_input(
    key: str, form: Submission, error: Any, *, by_hint: Any = False, **more: Any
) -> rx.Component:
    """A text field; its error is cleared as soon as the reader types in it."""
    return rx.el.input(
        name=key,
        spell_check=False,
        required=True,
        class_name="ic-input",
        **{"auto_capitalize": "none", **more},
        **aria_props(key, error, by_hint=by_hint),
        **dom(on_input=lambda _: form.forget(key)),
    )


def login_field(form: Submission) -> rx.Component:
    """The field for the username or email of an account."""
    error = form.errors.login
    box = auth_input("login", form, error, auto_complete="username")
    return field("login", "Username or email", box, error_or("login", error))


def query_parameter(key: str) -> Js:
    """A parameter of the address's query. For use in an `rx.memo`."""
    return new(name("URLSearchParams"), query()).get(key)


def alternative_link(question: str, label: str, href: Any) -> rx.Component:
    """The line below a form that links to another one."""
    return rx.el.p(question, rx.el.a(label, href=href, class_name="ic-link"), class_name="ic-auth-alt")
