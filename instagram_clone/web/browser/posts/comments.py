"""Writing comments: drafts, whom they answer, and what has been sent and not yet arrived.

All three are facts of this tab. They outlive the field and the dialog that it stands in.
"""

from __future__ import annotations

from typing import Any, TypedDict

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, default, js, merged, name, new, when, where
from instagram_clone.web.browser.page.facts import fact, facts, learn, peek
from instagram_clone.web.browser.page.keys import new_key

FOLLOW_PX = 240
"""So near its end a list follows it: 120 pixels, and the height of what has just come."""


class Pending(TypedDict):
    """A comment on its way, as fact `pending_comment_<post>_<key>`. `answering` is the comment it answers,
    `thread` the one that it will stand under; `tries` says how often it was sent.
    """

    key: str
    post: str
    text: str
    answering: str
    thread: str
    tries: int


def pending_in(known: Any, thread: Any, threads: Any) -> Js:
    """The comments on their way that are shown under a comment, by its id, or beside all ("").

    Beside all stands too what answers a comment that is not among `threads`: nothing written is lost.
    """
    known, thread, threads = js(known), js(thread), js(threads)
    return name("Object.values")(known).filter(
        lambda one: one & when(thread == "", ~threads.includes(one.thread), one.thread == thread)
    )


def addressed(text: Any, username: Any) -> Js:
    """A draft that begins with somebody's name, in place of whose name it began with."""
    return js("@") + username + " " + js(text).replace(_leading_name(), "")


def without_name(text: Any, username: Any) -> Js:
    """A draft when its answer is given up: empty if nothing but the name was in it."""
    return when(js(text).trim() == js("@") + username, "", text)


def _leading_name() -> Js:
    return new(name("RegExp"), r"^@\S*\s")


def follows_end(away: Any) -> Js:
    """Whether a list moves to its end when something came there, `away` pixels below what is seen."""
    return js(away) < FOLLOW_PX


def below(box: Js) -> Js:
    """How many pixels of what scrolls in a box are below what is seen of it."""
    return box.scrollHeight - box.scrollTop - box.clientHeight


def is_news(newest: Any, before: Any) -> Js:
    """Whether the newest comment has come since another was the newest, by their ids, which grow.

    Before a list was seen at all (`null`) none has.
    """
    return (js(before) != None) & (js(newest) > before)  # noqa: E711


def pending_on(post: Any) -> Js:
    """What is on its way to a post, by fact."""
    return facts(fact_keys.pending_comment_keys(post))


def draft_of(post: Any) -> Js:
    """What stands in the field under a post."""
    return default(fact(fact_keys.draft_key(post)), "")


def answered_on(post: Any) -> Js:
    """Which comment is being answered: its `id`, `username`, and the `thread` it stands in."""
    return fact(fact_keys.answering_key(post))


def write(post: Any, text: Any) -> Js:
    """Note what stands in the field under a post."""
    return learn({fact_keys.draft_key(post): text})


def answer(post: Any, comment: Any, thread: Any) -> Js:
    """Begin to answer a comment: its author's name goes before what has been written."""
    to = {"id": comment.id, "username": comment.username, "thread": thread}
    draft = default(peek(fact_keys.draft_key(post)), "")
    return learn(
        {fact_keys.answering_key(post): to, fact_keys.draft_key(post): addressed(draft, comment.username)}
    )


def give_up(post: Any) -> Js:
    """Answer nobody. What was written stays."""
    return where(
        (peek(fact_keys.answering_key(post)), default(peek(fact_keys.draft_key(post)), "")),
        lambda now: when(
            now[0],
            learn(
                {
                    fact_keys.answering_key(post): None,
                    fact_keys.draft_key(post): without_name(now[1], now[0].username),
                }
            ),
        ),
    )


def send(post: Any, text: Any, to: Any) -> Js:
    """Let a comment appear, in answer to another or nobody. What appears is sent."""
    text, to = js(text).trim(), js(to)

    def appear(key: Js) -> Js:
        one = {"key": key, "post": post, "text": text, "tries": 1}
        one |= {"answering": default(to.id, ""), "thread": default(to.thread, "")}
        return learn(
            {
                fact_keys.pending_comment_key(post, key): one,
                fact_keys.draft_key(post): "",
                fact_keys.answering_key(post): None,
            }
        )

    return when(text, where(new_key(), appear))


def retry(one: Any) -> Js:
    """Send a comment that was refused again. Under the same key: the server adds it once."""
    again = merged(js(one), {"tries": one.tries + 1})
    return learn(
        {fact_keys.sent_key(one.key): None, fact_keys.pending_comment_key(one.post, one.key): again}
    )


def forget(one: Any) -> Js:
    """Show a comment on its way no longer."""
    return learn({fact_keys.pending_comment_key(one.post, one.key): None})
