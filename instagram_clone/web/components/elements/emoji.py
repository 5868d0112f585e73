"""The emoji picker: one small menu for every text field."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import dom, js
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.layout.layers import menu

EMOJI = (
    "😀 😃 😄 😂 🤣 🥹 😊 😍 🥰 😘 😜 😎 🤩 🥳 🤔 😏 😴 😢 😭 😡 🤯 😱 🙈 💯 "
    "👍 👎 👏 🙌 🙏 💪 👋 🤝 ❤️ 🧡 💛 💚 💙 💜 💔 ✨ 🔥 🎉 ⭐ 🌿 🌸 🌊 ☀️ 📷"
).split()


def emoji_button(choose: Any, *, size: int = 22, look: str = "") -> rx.Component:
    """A button with a menu of emoji. `choose` is called with the chosen one."""
    return menu(
        emoji_grid(choose=choose),
        trigger=icon("smile", size),
        label="Add emoji",
        title="Emoji",
        look=f"ic-iconbtn {look}".strip(),
        box="ic-emojibox",
        above=True,
    )


@rx.memo
def emoji_grid(*, choose: rx.Var[Any]) -> rx.Component:
    """Every emoji on offer."""
    return rx.el.div(*(_emoji(emoji, choose) for emoji in EMOJI), class_name="ic-emojigrid")


def _emoji(emoji: str, choose: Any) -> rx.Component:
    return rx.el.button(
        emoji,
        type="button",
        role="menuitem",
        tab_index=-1,
        aria_label=emoji,
        **dom(on_click=lambda: js(choose)(emoji)),
    )
