"""The parts of messaging: the inbox, the open conversation, sharing."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec, passthrough_event_spec

from instagram_clone.web.islands import source

_nothing = no_args_event_spec
_one = passthrough_event_spec(str)
_two = passthrough_event_spec(str, str)
_three = passthrough_event_spec(str, str, str)
_four = passthrough_event_spec(str, str, str, str)
_number = passthrough_event_spec(str, int)
_switch = passthrough_event_spec(str, bool)


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


class Thread(rx.Component):
    """An open conversation. The first argument of every handler is its id."""

    library = source("thread.jsx")
    tag = "Thread"
    chat: rx.Var[Any]
    messages: rx.Var[Any]
    posts: rx.Var[Any]
    older: rx.Var[bool]
    loaded_at: rx.Var[float]
    me: rx.Var[str]
    on_older: rx.EventHandler[_one]
    on_read: rx.EventHandler[_number]
    on_typing: rx.EventHandler[_one]
    on_send: rx.EventHandler[_four]
    on_photo: rx.EventHandler[_four]
    on_like: rx.EventHandler[_three]
    on_unsend: rx.EventHandler[_two]
    on_react: rx.EventHandler[_three]
    on_post: rx.EventHandler[_two]
    on_accept: rx.EventHandler[_one]
    on_decline: rx.EventHandler[_one]
    on_block: rx.EventHandler[_two]
    on_mute: rx.EventHandler[_switch]
    on_rename: rx.EventHandler[_two]
    on_remove: rx.EventHandler[_two]
    on_leave: rx.EventHandler[_one]
    on_clear: rx.EventHandler[_one]
