"""The parts of messaging: the inbox, the open conversation, sharing."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec, passthrough_event_spec

from instagram_clone.web.islands import source

_nothing = no_args_event_spec
_one = passthrough_event_spec(str)


class _Inbox(rx.Component):
    library = source("inbox.jsx")


class MessagesLink(_Inbox):
    """The way to the messages; `look` is "dot" where a number has no room."""

    tag = "MessagesLink"
    unread: rx.Var[dict[str, int]]
    unread_at: rx.Var[float]
    me: rx.Var[str]
    current: rx.Var[bool]
    look: rx.Var[str]


class Inbox(_Inbox):
    """The list of conversations. Times are in ms."""

    tag = "Inbox"
    rows: rx.Var[Any]
    folder: rx.Var[str]
    requests: rx.Var[int]
    loaded_at: rx.Var[float]
    me: rx.Var[str]
    username: rx.Var[str]
    done: rx.Var[bool]
    found: rx.Var[Any]
    on_more: rx.EventHandler[_nothing]
    on_refresh: rx.EventHandler[_nothing]
    on_search: rx.EventHandler[_one]
