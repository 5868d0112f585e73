"""The few parts that must answer before the server can, written for React and wrapped for Python.

The browser's own truth lives here and nowhere else: hearts that turn at once, files on their way,
focus, keys and the connection. What is true for everybody comes from the states.
"""

from __future__ import annotations

import reflex as rx
from reflex.event import passthrough_event_spec

_FILES = """
    live.js upload.js comments.jsx layers.jsx composer.jsx
""".split()
_PATHS = {name: str(rx.asset(name, shared=True)) for name in _FILES}


def source(name: str) -> str:
    """Return what a component written in one of our files imports it from."""
    return f"$/public{_PATHS[name]}"


_share = passthrough_event_spec(str, str, str, float, float, float, float, str)  # pyright: ignore


class Composer(rx.Component):
    library = source("composer.jsx")
    tag = "Composer"
    avatar: rx.Var[str]
    username: rx.Var[str]
    on_share: rx.EventHandler[_share]
