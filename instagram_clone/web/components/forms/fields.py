"""Fields of forms, and what stands under them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import dom, js, name, when
from instagram_clone.web.build_adapter import BaseHTML
from instagram_clone.web.components.elements.basics import icon


class NativeForm(BaseHTML):
    """A form that the browser can send by itself; Reflex's own keeps it from doing so."""

    tag = "form"
    action: rx.Var[str]
    method: rx.Var[str]
    no_validate: rx.Var[bool]


def field(id_: str, label: Any, *content: rx.Component, beside: Any = "") -> rx.Component:
    """A control of an id with its label, and what stands under it or beside the label."""
    return rx.el.div(
        rx.el.label(rx.el.span(label), beside, html_for=id_, class_name="ic-label"),
        *content,
        class_name="ic-field",
    )


def growing(area: rx.Component, text: Any) -> rx.Component:
    """A field of several lines, as high as its text; up to where depends on what it stands in."""
    # Two browsers of three have no `field-sizing` yet: they are given the text once more (assets/app.css).
    return rx.el.div(area, class_name="ic-growing", **dom(data_text=text))


def described(id_: str, error: Any, *, by_hint: Any = False) -> dict[str, Any]:
    """Properties of a control, for who listens: whether it is wrong, and where more is said."""
    nothing = name("undefined")
    return {
        # Reflex makes a ref of each id it can read, and a second value in the form's data.
        "id": js(id_),
        "aria_invalid": when(error, "true", nothing),
        "aria_describedby": when(js(error) | by_hint, f"{id_}-hint", nothing),
    }


def error_or(id_: str, error: Any, otherwise: rx.Component | None = None) -> rx.Component:
    """What is wrong with a control, or something else while nothing is."""
    return rx.cond(js(error), error_hint(id_, error), otherwise or rx.fragment())


def error_hint(id_: str, *text: Any) -> rx.Component:
    """What is wrong with what was typed."""
    return _hint(id_, icon("circle-alert", 14), text, look="is-error", role="alert")


def ok_hint(id_: str, *text: Any) -> rx.Component:
    """What is good about what was typed."""
    return _hint(id_, icon("check", 14), text, look="is-ok")


def hint(id_: str, *text: Any) -> rx.Component:
    """A note under a control."""
    return _hint(id_, rx.fragment(), text)


def _hint(id_: str, sign: rx.Component, text: tuple[Any, ...], look: str = "", **more: Any) -> rx.Component:
    return rx.el.span(
        sign, rx.el.span(*text), id=js(f"{id_}-hint"), class_name=f"ic-hint {look}".strip(), **more
    )


def note(text: Any, **more: Any) -> rx.Component:
    """What has come of a form."""
    return rx.cond(
        js(text),
        rx.el.div(
            icon("check", 20),
            rx.el.span(text),
            class_name="ic-alert is-info",
            role="status",
            tab_index=-1,
            **more,
        ),
        rx.fragment(),
    )


def alert(text: Any) -> rx.Component:
    """What is wrong with no field in particular."""
    return rx.cond(
        js(text),
        rx.el.div(icon("circle-alert", 20), rx.el.span(text), class_name="ic-alert", role="alert"),
        rx.fragment(),
    )
