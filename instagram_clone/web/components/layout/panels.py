"""A panel beside the navigation, and the button that toggles it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import dom
from instagram_clone.web.browser.layers import panels


@rx.memo
def panel(
    children: rx.Var[rx.Component],
    *,
    name: rx.Var[str],
    label: rx.Var[str],
    ready: rx.Var[str],
    opened: rx.Var[Any],
    closed: rx.Var[Any],
) -> rx.Component:
    """A panel whose content is mounted only while it is open. `opened` and `closed` are functions."""
    props, effects = panels.parts(name, label, ready, opened, closed)
    return rx.el.section(
        *effects,
        rx.cond(panels.is_open(name), rx.fragment(children), rx.fragment()),
        role="dialog",
        aria_label=label,
        tab_index=-1,
        class_name="ic-panel",
        **dom(**props),
    )


@rx.memo
def panel_button(
    children: rx.Var[rx.Component], *, name: rx.Var[str], label: rx.Var[str], look: rx.Var[str]
) -> rx.Component:
    """The button that opens and closes a panel."""
    return rx.el.button(
        children,
        type="button",
        class_name=look,
        aria_label=label,
        aria_haspopup="dialog",
        aria_expanded=panels.is_open(name),
        **dom(popover_target=panels.id_of(name)),
    )


@rx.memo
def panel_close(children: rx.Var[rx.Component], *, name: rx.Var[str]) -> rx.Component:
    """The close button of a panel."""
    return rx.el.button(
        children,
        type="button",
        aria_label="Close",
        class_name="ic-iconbtn",
        **dom(popover_target=panels.id_of(name), popover_target_action="hide"),
    )
