"""Form fields, and the hints and alerts below them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import dom, js, name, when
from instagram_clone.web.build_adapter import BaseHTML
from instagram_clone.web.components.elements.basics import icon


class NativeForm(BaseHTML):
    """A form that the browser can submit natively, which Reflex's own form prevents."""

    tag = "form"
    action: rx.Var[str]
    method: rx.Var[str]
    no_validate: rx.Var[bool]


def field(id_: str, label: Any, *content: rx.Component, after_label: Any = "") -> rx.Component:
    """A control with its label. `id_` is the control's id; `after_label` follows the label."""
    return rx.el.div(
        rx.el.label(rx.el.span(label), after_label, html_for=id_, class_name="ic-label"),
        *content,
        class_name="ic-field",
    )


def growing(area: rx.Component, text: Any) -> rx.Component:
    """A multi-line field as high as its text, up to a limit that its container sets."""
    # Only one browser of three has `field-sizing`: the others measure a copy of the text (assets/app.css).
    return rx.el.div(area, class_name="ic-growing", **dom(data_text=text))


def aria_props(id_: str, error: Any, *, by_hint: Any = False) -> dict[str, Any]:
    """The id and ARIA properties of a control: whether it is invalid, and which hint describes it."""
    nothing = name("undefined")
    return {
        # For a plain string id, Reflex would create a ref and add a second value to the form's data.
        "id": js(id_),
        "aria_invalid": when(error, "true", nothing),
        "aria_describedby": when(js(error) | by_hint, f"{id_}-hint", nothing),
    }


def error_or(id_: str, error: Any, otherwise: rx.Component | None = None) -> rx.Component:
    """The error of a control, or `otherwise` while there is none."""
    return rx.cond(js(error), error_hint(id_, error), otherwise or rx.fragment())


def error_hint(id_: str, *text: Any) -> rx.Component:
    """What is wrong with the value of a control."""
    return _hint(id_, icon("circle-alert", 14), text, class_name="is-error", role="alert")


def ok_hint(id_: str, *text: Any) -> rx.Component:
    """What is right about the value of a control."""
    return _hint(id_, icon("check", 14), text, class_name="is-ok")


def hint(id_: str, *text: Any) -> rx.Component:
    """A note below a control."""
    return _hint(id_, rx.fragment(), text)


def _hint(
    id_: str, sign: rx.Component, text: tuple[Any, ...], class_name: str = "", **more: Any
) -> rx.Component:
    return rx.el.span(
        sign, rx.el.span(*text), id=js(f"{id_}-hint"), class_name=f"ic-hint {class_name}".strip(), **more
    )


def note(text: Any, **more: Any) -> rx.Component:
    """The successful outcome of a form."""
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
    """An error that belongs to no particular field."""
    return rx.cond(
        js(text),
        rx.el.div(icon("circle-alert", 20), rx.el.span(text), class_name="ic-alert", role="alert"),
        rx.fragment(),
    )
