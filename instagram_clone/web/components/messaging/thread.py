"""An open conversation: its messages, those being sent, who is typing, and the field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from instagram_clone.domain.messaging.conversations import REQUEST
from instagram_clone.domain.messaging.inbox import Conversation
from instagram_clone.domain.messaging.message_cards import Message, SharedPost
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import (
    Js,
    assign,
    document,
    dom,
    effect,
    fn,
    js,
    layout_effect,
    let,
    listen,
    name,
    new,
    ref,
    state,
    use,
    when,
)
from instagram_clone.web.browser.layers import scrolling
from instagram_clone.web.browser.layers.focus import BOX
from instagram_clone.web.browser.messaging import outbox, thread
from instagram_clone.web.browser.messaging.outbox import Pending
from instagram_clone.web.browser.messaging.thread import Row
from instagram_clone.web.browser.page.facts import facts, learn
from instagram_clone.web.browser.page.words import plural
from instagram_clone.web.components.elements.scrolling import list_button
from instagram_clone.web.components.messaging.bubbles import message_row
from instagram_clone.web.components.messaging.message_field import message_field
from instagram_clone.web.components.messaging.outbox import pending_message
from instagram_clone.web.components.messaging.thread_head import (
    beginning,
    request,
    thread_head,
    typing_bubble,
)
from instagram_clone.web.states.messaging.thread import ThreadState

AHEAD_PX = 400
"""More messages are loaded within this distance of either end of those shown."""


@rx.memo
def open_thread(rest: rx.RestProp, *, chat: rx.Var[Conversation], me: rx.Var[str]) -> rx.Component:
    """A conversation. Its id is its React key, so each one starts with fresh state."""
    box = ref("box")
    updates, queued = let(facts(fact_keys.message_keys(chat.id))), let(outbox.pending_in(chat.id))
    read, newer = ThreadState.messages, ThreadState.newer
    merge = lambda: thread.merge(chat.id, read, updates, chat.cleared, newer)  # noqa: E731
    messages = use("useMemo", merge, [chat.id, read, updates, chat.cleared, newer])
    not_arrived = lambda: outbox.not_arrived(queued, messages, updates, me)  # noqa: E731
    pending = use("useMemo", not_arrived, [queued, messages, updates, me])
    first, last = messages[0].seq, messages.at(-1).seq
    reading = scrolling.reading(box, "[data-message]", first, last, newer)
    must_wait = let(thread.must_wait(chat, messages, me))
    above, below = lambda: box.current.scrollTop, lambda: scrolling.from_end(box.current)
    ask = _loader("asked", ThreadState.older, above, first, ThreadState.more(chat.id))
    ask_newer = _loader("asked_newer", newer, below, last, ThreadState.load_newer(chat.id))
    to_latest, arrival_effect = _go_to_latest(chat, reading, last)
    return rx.el.section(
        rest,
        *reading.effects,
        effect(ask, first, ThreadState.older, ThreadState.read_at),
        effect(ask_newer, last, newer, ThreadState.read_at),
        arrival_effect,
        _mark_read(chat, last, reading),
        effect(lambda: outbox.restore(me, chat.id)),
        effect(lambda: outbox.settle(me, chat.id, queued, pending), pending),
        layout_effect(lambda: when(pending.length > 0, to_latest()), pending.at(-1).key),
        # Older messages that arrive late evict the newest: if the reader is at the end by then, load those.
        layout_effect(lambda: when(js(newer) & reading.at_end, to_latest()), newer),
        thread_head(chat=chat, me=me, read_at=ThreadState.read_at),
        rx.el.div(
            rx.el.div(
                rx.cond(
                    ThreadState.older,
                    rx.el.p("Loading older messages", role="status", class_name="ic-muted ic-sm ic-day"),
                    beginning(chat),
                ),
                message_rows(
                    chat=chat, messages=messages, posts=ThreadState.posts, me=me, may_reply=~must_wait
                ),
                rx.cond(
                    newer,
                    rx.el.p("Loading newer messages", role="status", class_name="ic-muted ic-sm ic-day"),
                    rx.fragment(),
                ),
                _pending(pending, messages, me),
                rx.cond(newer, rx.fragment(), typing_bubble(chat=chat)),
            ),
            role="log",
            aria_live="polite",
            aria_label=f"Messages with {chat.title}",
            tab_index=0,
            class_name="ic-thread-body",
            **dom(ref=box, on_scroll=lambda: [reading.on_scroll(), ask(), ask_newer()]),
        ),
        rx.cond(newer, _pill("Jump to the latest", to_latest), _new_pill(messages, me, box, reading)),
        rx.cond(
            chat.folder == REQUEST,
            request(chat),
            rx.cond(must_wait, _waiting_note(chat), message_field(chat=chat.id, me=me)),
        ),
        aria_label=f"Conversation with {chat.title}",
        class_name="ic-thread",
    )


@rx.memo
def message_rows(
    *,
    chat: rx.Var[Conversation],
    messages: rx.Var[list[Message]],
    posts: rx.Var[dict[str, SharedPost]],
    me: rx.Var[str],
    may_reply: rx.Var[bool],
) -> rx.Component:
    """The messages that have arrived, in groups."""
    seen_before, _ = state("seen_before", chat.seen)
    members = thread.with_read_positions(chat.id, chat.members, facts(fact_keys.seen_keys(chat.id)))
    last = let(js(messages).filter(lambda message: message.by == me).at(-1))
    shows_receipt = ~ThreadState.newer & last
    seen = let(when(shows_receipt, thread.seen_words(last, members, chat.group), ""))
    loaded_ids = let(new(name("Set"), js(messages).map(lambda message: message.id)))
    unread = let(thread.first_unread(messages, seen_before, me))
    rows = let(thread.rows(messages, unread, let(name("Date.now")())))
    return rx.fragment(
        rx.foreach(
            rows.to(list[Row]),
            lambda row: message_row(
                chat=chat,
                message=row["message"],
                card=js(posts)[row["message"].post],
                me=me,
                day=row["day"],
                unread=row["unread"],
                begins=row["begins"],
                ends=row["ends"],
                quote_is_loaded=loaded_ids.has(row["message"].quote["id"]),
                may_reply=may_reply,
                seen=when(last.id == row["message"].id, seen, ""),
                key=row["message"].id,
            ),
        )
    )


def _loader(label: str, has_more: Any, distance: Callable[[], Js], row: Js, ask: Any) -> Callable[[], Js]:
    """Return a function that loads more beyond `row` once the `distance` to that end is below `AHEAD_PX`,
    asking once per row and per load, since a request on a lost connection is never answered.
    """
    last_asked, now = ref(label), let(row + " " + ThreadState.read_at)
    is_due = lambda: js(has_more) & (distance() < AHEAD_PX) & (last_asked.current != now)  # noqa: E731
    return lambda: when(is_due(), [assign(last_asked, current=now), ask])


def _go_to_latest(chat: Any, reading: scrolling.Reading, last: Js) -> tuple[Any, Js]:
    """Return a function that goes to the end, loading it first if needed, and the effect that finishes."""
    is_going = ref("is_going", False)

    def go() -> Js:
        read = [assign(is_going, current=True), ThreadState.load_latest(chat.id)]
        return when(ThreadState.newer, read, reading.to_end())

    def arrive() -> Js:
        has_arrived = is_going.current & ~js(ThreadState.newer)
        return when(has_arrived, [assign(is_going, current=False), *reading.to_end()])

    return go, layout_effect(arrive, last, ThreadState.newer)


def _mark_read(chat: Any, newest: Js, reading: scrolling.Reading) -> Js:
    """Mark messages as read while the reader is near the end of a conversation in a visible tab."""
    marked = ref("marked", chat.seen)

    def mark_read() -> Js:
        is_watched = (document.visibilityState == "visible") & reading.is_at_end()
        is_new = (chat.folder != REQUEST) & (newest > marked.current)
        done = [
            assign(marked, current=newest),
            learn({fact_keys.read_key(chat.id): {"seq": newest, "rev": newest}}),
            ThreadState.read(chat.id, newest),
        ]
        return when(is_new & is_watched, done)

    def mark_again() -> list[Any]:
        # What was marked on a lost connection may never have reached the server.
        return [assign(marked, current=chat.seen), mark_read()]

    return rx.fragment(
        effect(mark_again, ThreadState.read_at),
        effect(mark_read, newest, reading.at_end, chat.folder),
        listen(lambda: document, "visibilitychange", mark_read, newest, chat.folder),
    )


def _pending(pending: Js, messages: Js, me: Any) -> rx.Component:
    mine = messages.at(-1).by == me
    return rx.foreach(
        pending.to(list[Pending]),
        lambda message, at: pending_message(
            message=message,
            me=me,
            begins=(at == 0) & ~mine,
            key=f"{message['key']} {message['tries']} {ThreadState.read_at}",
        ),
    )


def _new_pill(messages: Js, me: Any, box: Js, reading: scrolling.Reading) -> rx.Component:
    """The number of new messages below the visible ones, as a button that goes there."""
    newest = messages.at(-1).seq
    known_seq, set_known_seq = state("known_seq", newest)
    count = let(messages.filter(lambda message: (message.seq > known_seq) & (message.by != me)).length)
    pill = _pill(plural(count, "new message"), lambda: scrolling.to_end(box.current, "smooth"))
    return rx.fragment(
        effect(
            lambda: when(reading.at_end, set_known_seq(lambda before: name("Math.max")(before, newest))),
            reading.at_end,
            newest,
        ),
        rx.cond(~reading.at_end & (count > 0), pill, rx.fragment()),
    )


def _pill(words: Any, act: Any) -> rx.Component:
    look = "ic-livecount ic-threadpill"
    return list_button(words=words, look=look, act=fn(act), rows="[role=log]", place=BOX)


def _waiting_note(chat: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p("You can send more messages once ", rx.el.bdi(chat.title), " accepts your request."),
        class_name="ic-request",
    )
