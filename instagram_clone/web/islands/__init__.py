"""The few parts that must answer before the server can, written for React and wrapped for Python.

The browser's own truth lives here and nowhere else: hearts that turn at once, files on their way,
focus, keys and the connection. What is true for everybody comes from the states.
"""

from __future__ import annotations

import reflex as rx
from reflex.event import no_args_event_spec, passthrough_event_spec

_FILES = """
    live.js upload.js comments.jsx layers.jsx shell.jsx composer.jsx
""".split()
_PATHS = {name: str(rx.asset(name, shared=True)) for name in _FILES}


def source(name: str) -> str:
    """Return what a component written in one of our files imports it from."""
    return f"$/public{_PATHS[name]}"


_nothing = no_args_event_spec
_one_id = passthrough_event_spec(str)
_turn = passthrough_event_spec(str, bool)
_share = passthrough_event_spec(str, str, str, float, float, float, float, str)  # pyright: ignore


class _Layers(rx.Component):
    library = source("layers.jsx")


class _Shell(rx.Component):
    library = source("shell.jsx")


class CopyLink(_Shell):
    tag = "CopyLink"
    path: rx.Var[str]
    role: rx.Var[str]


class Panel(_Layers):
    """A panel beside the navigation; `PanelButton` of the same name opens and closes it."""

    tag = "Panel"
    name: rx.Var[str]
    label: rx.Var[str]
    on_open: rx.EventHandler[_nothing]
    on_close: rx.EventHandler[_nothing]


class PanelButton(_Layers):
    tag = "PanelButton"
    name: rx.Var[str]
    label: rx.Var[str]


class Shortcuts(_Shell):
    tag = "Shortcuts"


class PageFocus(_Shell):
    tag = "PageFocus"
    title: rx.Var[str]
    alerts: rx.Var[int]
    chats: rx.Var[dict[str, int]]
    chats_at: rx.Var[float]
    me: rx.Var[str]


class Switch(_Shell):
    """A switch that turns at once; `on_turn` gets `value` and what it is now."""

    tag = "Switch"
    label: rx.Var[str]
    value: rx.Var[str]
    on: rx.Var[bool]
    on_turn: rx.EventHandler[_turn]


class ThemeChoice(_Shell):
    tag = "ThemeChoice"


class SwitchTheme(_Shell):
    tag = "SwitchTheme"


class GoBack(_Shell):
    """Back to where one came from, home when there is no such place."""

    tag = "GoBack"
    label: rx.Var[str]


class LogOut(_Shell):
    tag = "LogOut"
    role: rx.Var[str]


class OpenComposer(_Shell):
    """A button that opens the composer at once."""

    tag = "OpenComposer"
    label: rx.Var[str]


class OpenKeys(_Shell):
    """The menu item that lists the keyboard shortcuts."""

    tag = "OpenKeys"


class Composer(rx.Component):
    library = source("composer.jsx")
    tag = "Composer"
    avatar: rx.Var[str]
    username: rx.Var[str]
    on_share: rx.EventHandler[_share]
