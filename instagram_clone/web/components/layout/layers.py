"""Everything that opens over the page: dialogs, questions, menus."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import Js, dom, fn, js, layout_effect, ref, state, use, when, where
from instagram_clone.web.browser.core import name as of_browser
from instagram_clone.web.browser.layers import dialogs, menus
from instagram_clone.web.components.elements.basics import icon


@rx.memo
def dialog(
    children: rx.Var[rx.Component],
    *,
    label: rx.Var[str],
    close: rx.Var[Any],
    look: rx.Var[str] = "",
    width: rx.Var[str] = "initial",
) -> rx.Component:
    """A modal dialog, open for as long as it is mounted. `close` is a function that unmounts it."""
    box, key = ref("box"), use("useId")
    return rx.el.dialog(
        layout_effect(lambda: where(box.current, lambda box: dialogs.show(box, key))),
        rx.el.div(children, class_name=f"ic-dialog {look}", style={"--w": width}),
        aria_label=label,
        tab_index=-1,
        class_name="ic-scrim",
        **dom(ref=box, **dialogs.dismiss_handlers(js(close))),
    )


def dialog_head(title: Any, close: Any) -> rx.Component:
    """The title of a dialog, with a close button at its right."""
    return rx.el.header(
        rx.el.span(),
        rx.el.div(rx.el.h2(title)),
        rx.el.span(close_button(icon("x", 22), close=close)),
        class_name="ic-dialog-head",
    )


def close_button(
    *content: rx.Component | str, close: Any, label: str = "Close", look: str = "ic-iconbtn"
) -> rx.Component:
    """A button that calls `close`."""
    return rx.el.button(
        *content, type="button", aria_label=label, class_name=look, **dom(on_click=lambda: js(close)())
    )


@rx.memo
def address_dialog(
    children: rx.Var[rx.Component], *, parameter: rx.Var[str], label: rx.Var[str], look: rx.Var[str]
) -> rx.Component:
    """A dialog that is open while its `parameter` is in the address (`?p=`)."""
    is_open, address_effect = dialogs.watch_query_parameter(parameter)
    leave = dialogs.leave_address()
    return rx.fragment(
        address_effect,
        rx.cond(is_open, dialog(rx.fragment(children), label=label, close=leave, look=look), rx.fragment()),
    )


@rx.memo
def leave_button(
    children: rx.Var[rx.Component], *, look: rx.Var[str], label: rx.Var[str] = "Close"
) -> rx.Component:
    """A button inside an `address_dialog` that closes it."""
    leave = dialogs.leave_address()
    return rx.el.button(
        children, type="button", aria_label=label, class_name=look, **dom(on_click=lambda: leave())
    )


@rx.memo
def question(
    *,
    label: rx.Var[str],
    asked: rx.Var[str],
    text: rx.Var[str] = "",
    action: rx.Var[str],
    act: rx.Var[Any],
    close: rx.Var[Any],
) -> rx.Component:
    """A confirmation before something irreversible. Calls `close` on either answer, then `act` on a yes."""
    return dialog(
        rx.el.div(
            rx.el.h2(asked, class_name="ic-h2"),
            rx.cond(text == "", rx.fragment(), rx.el.p(text)),
            rx.el.div(
                rx.el.button(
                    "Cancel",
                    type="button",
                    class_name="ic-btn",
                    **dom(data_autofocus=True, on_click=lambda: js(close)()),
                ),
                rx.el.button(
                    action,
                    type="button",
                    class_name="ic-btn is-danger",
                    **dom(on_click=lambda: [js(close)(), js(act)()]),
                ),
                class_name="ic-confirm-actions",
            ),
            class_name="ic-confirm",
        ),
        label=label,
        width="420px",
        close=close,
    )


@rx.memo
def menu(
    children: rx.Var[rx.Component],
    *,
    trigger: rx.Var[rx.Component],
    title: rx.Var[str],
    look: rx.Var[str],
    label: rx.Var[str] = "",
    box: rx.Var[str] = "",
    above: rx.Var[bool] = False,
    start: rx.Var[bool] = False,
) -> rx.Component:
    """A button showing `trigger`, and the menu that it opens, whose content is mounted only while open."""
    own_id = use("useId")
    is_open, set_open = state("open", False)

    def place(event: Js) -> list[Any]:
        return [menus.place(event.currentTarget, above, start), menus.focus_first(event.currentTarget)]

    return rx.el.div(
        rx.el.button(
            trigger,
            type="button",
            class_name=look,
            aria_label=rx.cond(label == "", of_browser("undefined"), label),
            aria_haspopup="menu",
            aria_expanded=is_open,
            **dom(popover_target=own_id),
        ),
        rx.el.div(
            rx.cond(is_open, rx.fragment(children), rx.fragment()),
            role="menu",
            aria_label=title,
            class_name=f"ic-menu {box}",
            **dom(
                id=own_id,
                popover="auto",
                on_before_toggle=lambda event: when(event.newState == "open", set_open(True)),
                on_toggle=lambda event: when(event.newState == "open", place(event), set_open(False)),
                on_key_down=menus.walk,
                on_click=menus.close_after_choice,
            ),
        ),
        class_name="ic-menuwrap",
    )


def menu_item(*content: Any, danger: bool = False, **more: Any) -> rx.Component:
    """A menu item that performs an action: pass `on_click`, or traced events by `**dom(...)`."""
    return rx.el.button(
        *content,
        type="button",
        role="menuitem",
        tab_index=-1,
        class_name="ic-menuitem is-danger" if danger else "ic-menuitem",
        **more,
    )


def confirmed_item(item: Any, **asked: Any) -> tuple[Any, Any]:
    """Return a menu item that asks before it acts, built by `item(function)`, and its `question`.

    For use in an `rx.memo`, with the question beside the menu. `asked` are the arguments of
    `question`, except `close`.
    """
    asking, set_asking = state("asking", False)
    return (
        item(lambda: set_asking(True)),
        rx.cond(asking, question(**asked, close=fn(lambda: set_asking(False))), rx.fragment()),
    )


def menu_link(*content: Any, href: Any) -> rx.Component:
    """A menu item that links to another page."""
    return rx.el.a(*content, href=href, role="menuitem", tab_index=-1, class_name="ic-menuitem")
