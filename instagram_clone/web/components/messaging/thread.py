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
from instagram_clone.web.browser.layers.scrolling import Reading
from instagram_clone.web.browser.messaging import outbox, thread
from instagram_clone.web.browser.messaging.outbox import Pending
from instagram_clone.web.browser.messaging.thread import Row
from instagram_clone.web.browser.page.facts import facts, learn, retain
from instagram_clone.web.browser.page.words import plural
from instagram_clone.web.components.elements.scrolling import list_button
from instagram_clone.web.components.messaging.bubbles import message_row
from instagram_clone.web.components.messaging.message_field import message_field
from instagram_clone.web.components.messaging.outbox import pending_messages
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
    heard, noted = let(facts(fact_keys.message_keys(chat.id))), let(outbox.pending_in(chat.id))
    read, newer = ThreadState.messages, ThreadState.newer
    merged = lambda: thread.merge(chat.id, read, heard, chat.cleared, newer)  # noqa: E731
    messages = use("useMemo", merged, [chat.id, read, heard, chat.cleared, newer])
    pending = use("useMemo", lambda: outbox.waiting(noted, messages, me), [noted, messages, me])
    first, last = messages[0].seq, messages.at(-1).seq
    reading = scrolling.reading(box, "[data-message]", first, last, newer)
    must_wait = let(thread.must_wait(chat, messages, me))
    above, below = lambda: box.current.scrollTop, lambda: scrolling.from_end(box.current)
    ask = _asking("asked", ThreadState.older, above, first, ThreadState.more(chat.id))
    ask_newer = _asking("asked_newer", newer, below, last, ThreadState.load_newer(chat.id))
    to_latest, arriving = _latest(chat, reading, last)
    return rx.el.section(
        rest,
        *reading.effects,
        effect(ask, first, ThreadState.older, ThreadState.read_at),
        effect(ask_newer, last, newer, ThreadState.read_at),
        arriving,
        _mark_read(chat, last, reading),
        effect(lambda: outbox.recall(me, chat.id)),
        retain(f"outbox_{chat.id}", let(pending.map(lambda one: one.key))),
        effect(lambda: outbox.settle(me, chat.id, noted, pending), pending),
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
                    chat=chat, messages=messages, posts=ThreadState.posts, me=me, may_answer=~must_wait
                ),
                rx.cond(
                    newer,
                    rx.el.p("Loading newer messages", role="status", class_name="ic-muted ic-sm ic-day"),
                    rx.fragment(),
                ),
                _pending(chat, pending, messages, me),
                rx.cond(newer, rx.fragment(), typing_bubble(chat=chat)),
            ),
            role="log",
            aria_live="polite",
            aria_label=f"Messages with {chat.title}",
            tab_index=0,
            class_name="ic-thread-body",
            **dom(ref=box, on_scroll=lambda: [reading.scrolled(), ask(), ask_newer()]),
        ),
        rx.cond(newer, _pill("Jump to the latest", to_latest), _news(messages, me, box, reading)),
        rx.cond(
            chat.folder == REQUEST,
            request(chat),
            rx.cond(must_wait, _wait(chat), message_field(chat=chat.id, me=me)),
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
    may_answer: rx.Var[bool],
) -> rx.Component:
    """The messages that have arrived, in groups."""
    seen_before, _ = state("seen_before", chat.seen)
    members = thread.members_now(chat.id, chat.members, facts(fact_keys.seen_keys(chat.id)))
    last = let(js(messages).filter(lambda message: message.by == me).at(-1))
    says = ~ThreadState.newer & last
    seen = let(when(says, thread.seen_words(last, members, chat.group), ""))
    here = let(new(name("Set"), js(messages).map(lambda message: message.id)))
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
                answers_here=here.has(row["message"].quote["id"]),
                may_answer=may_answer,
                seen=when(last.id == row["message"].id, seen, ""),
                key=row["message"].id,
            ),
        )
    )


def _asking(label: str, there: Any, left: Callable[[], Js], row: Js, ask: Any) -> Callable[[], Js]:
    """Return a function that loads more beyond `row` when fewer than `AHEAD_PX` are `left` to that end. It
    asks once per row and per load, since a request on a lost connection is never answered.
    """
    asked, now = ref(label), let(row + " " + ThreadState.read_at)
    wanted = lambda: js(there) & (left() < AHEAD_PX) & (asked.current != now)  # noqa: E731
    return lambda: when(wanted(), [assign(asked, current=now), ask])


def _latest(chat: Any, reading: Reading, last: Js) -> tuple[Any, Js]:
    """Return a function that goes to the end, loading it first if needed, and the effect that finishes."""
    going = ref("going", False)

    def go() -> Js:
        read = [assign(going, current=True), ThreadState.load_latest(chat.id)]
        return when(ThreadState.newer, read, reading.to_end())

    def arrive() -> Js:
        there = going.current & ~js(ThreadState.newer)
        return when(there, [assign(going, current=False), *reading.to_end()])

    return go, layout_effect(arrive, last, ThreadState.newer)


def _mark_read(chat: Any, newest: Js, reading: Reading) -> Js:
    """Mark messages as read while the reader is near the end of a conversation in a visible tab."""
    noted = ref("noted", chat.seen)

    def mark() -> Js:
        looked_at = (document.visibilityState == "visible") & reading.is_at_end()
        news = (chat.folder != REQUEST) & (newest > noted.current)
        done = [
            assign(noted, current=newest),
            learn({fact_keys.read_key(chat.id): newest}),
            ThreadState.read(chat.id, newest),
        ]
        return when(news & looked_at, done)

    def mark_again() -> list[Any]:
        # What was marked on a lost connection may never have reached the server.
        return [assign(noted, current=chat.seen), mark()]

    return rx.fragment(
        effect(mark_again, ThreadState.read_at),
        effect(mark, newest, reading.at_end, chat.folder),
        listen(lambda: document, "visibilitychange", mark, newest, chat.folder),
    )


def _pending(chat: Any, pending: Js, messages: Js, me: Any) -> rx.Component:
    """Messages still pending after a reload never arrived, so they are mounted, and sent, again."""
    mine = messages.at(-1).by == me
    return rx.foreach(
        pending.to(list[Pending]),
        lambda one, at: pending_messages(
            chat=chat.id,
            message=one,
            me=me,
            begins=(at == 0) & ~mine,
            key=f"{one['key']} {one['tries']} {ThreadState.read_at}",
        ),
    )


def _news(messages: Js, me: Any, box: Js, reading: Reading) -> rx.Component:
    """The number of new messages below the visible ones, as a button that goes there."""
    newest = messages.at(-1).seq
    known, set_known = state("known", newest)
    fresh = let(messages.filter(lambda one: (one.seq > known) & (one.by != me)).length)
    pill = _pill(plural(fresh, "new message"), lambda: scrolling.to_end(box.current, "smooth"))
    return rx.fragment(
        effect(
            lambda: when(reading.at_end, set_known(lambda before: name("Math.max")(before, newest))),
            reading.at_end,
            newest,
        ),
        rx.cond(~reading.at_end & (fresh > 0), pill, rx.fragment()),
    )


def _pill(words: Any, act: Any) -> rx.Component:
    look = "ic-livecount ic-threadpill"
    return list_button(words=words, look=look, act=fn(act), rows="[role=log]", place=BOX)


def _wait(chat: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p("You can write again when ", rx.el.bdi(chat.title), " accepts your message."),
        class_name="ic-request",
    )
