"""Writing comments: drafts, the comments they reply to, and pending comments, sent but not yet confirmed.

All three are facts of this tab, so they outlive the field and the dialog that contains it.
"""

from __future__ import annotations

from typing import Any, TypedDict

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, default, js, merged, name, new, when, where
from instagram_clone.web.browser.forms.pending import written_by
from instagram_clone.web.browser.page.facts import fact, facts, learn, peek
from instagram_clone.web.browser.page.keys import new_key

SCROLL_TO_END_PX = 240
"""A list this close to its end scrolls to a new entry: 120 pixels plus the height of that entry."""


class Pending(TypedDict):
    """A pending comment, stored as the fact `pending_comment_<post>_<key>`. `by` is its author, `answering`
    the comment it replies to, `thread` the one it will be listed under, and `tries` how often it has been
    sent.
    """

    key: str
    post: str
    by: str
    text: str
    answering: str
    thread: str
    tries: int


def pending_in(pending: Any, thread: Any, threads: Any) -> Js:
    """Return the pending comments to show under a top-level comment, by its id, or at the top level ("").

    A reply to a comment that is not among `threads` is shown at the top level, so that it never vanishes.
    """
    thread, threads = js(thread), js(threads)
    return js(pending).filter(
        lambda comment: when(thread == "", ~threads.includes(comment.thread), comment.thread == thread)
    )


def with_name(text: Any, username: Any) -> Js:
    """Return a draft that starts with a user's name, replacing any name that it started with."""
    return js("@") + username + " " + js(text).replace(_leading_name(), "")


def without_name(text: Any, username: Any) -> Js:
    """Return a draft after its reply is cancelled: empty if it held nothing but the name."""
    return when(js(text).trim() == js("@") + username, "", text)


def _leading_name() -> Js:
    return new(name("RegExp"), r"^@\S*\s")


def scrolls_to_end(away: Any) -> Js:
    """Return whether a list scrolls to its end for a new entry, `away` pixels below its visible part."""
    return js(away) < SCROLL_TO_END_PX


def is_newer(newest: Any, before: Any) -> Js:
    """Return whether the newest comment is newer than the one `before`, by their increasing ids.

    If there was no list before (`null`), it is not.
    """
    return (js(before) != None) & (js(newest) > before)  # noqa: E711


def pending_by(me: Any, post: Any = None) -> Js:
    """The viewer's pending comments on a post, or on all of them, oldest first. For use in an `rx.memo`."""
    return written_by(me, facts(fact_keys.pending_comment_keys(post)))


def draft_of(me: Any, post: Any) -> Js:
    """The viewer's text in the comment field of a post. For use in an `rx.memo`."""
    return default(fact(fact_keys.draft_key(me, post)), "")


def replying_to(me: Any, post: Any) -> Js:
    """The comment being replied to: its `id`, `username`, and `thread`. For use in an `rx.memo`."""
    return fact(fact_keys.replying_key(me, post))


def write(me: Any, post: Any, text: Any) -> Js:
    """Store the text in the comment field of a post."""
    return learn({fact_keys.draft_key(me, post): text})


def reply(me: Any, post: Any, comment: Any, thread: Any) -> Js:
    """Start a reply to a comment: its author's name is put in front of the draft."""
    to = {"id": comment.id, "username": comment.username, "thread": thread}
    draft = default(peek(fact_keys.draft_key(me, post)), "")
    return learn(
        {
            fact_keys.replying_key(me, post): to,
            fact_keys.draft_key(me, post): with_name(draft, comment.username),
        }
    )


def cancel_reply(me: Any, post: Any) -> Js:
    """Cancel the reply. The text of the draft stays."""
    return where(
        (peek(fact_keys.replying_key(me, post)), default(peek(fact_keys.draft_key(me, post)), "")),
        lambda now: when(
            now[0],
            learn(
                {
                    fact_keys.replying_key(me, post): None,
                    fact_keys.draft_key(me, post): without_name(now[1], now[0].username),
                }
            ),
        ),
    )


def send(me: Any, post: Any, text: Any, to: Any) -> Js:
    """Show a comment, which may be a reply to another. Once shown, it is sent."""
    text, to = js(text).trim(), js(to)

    def show(key: Js) -> Js:
        comment = {"key": key, "post": post, "by": me, "text": text, "tries": 1}
        comment |= {"answering": default(to.id, ""), "thread": default(to.thread, "")}
        return learn(
            {
                fact_keys.pending_comment_key(post, key): comment,
                fact_keys.draft_key(me, post): "",
                fact_keys.replying_key(me, post): None,
            }
        )

    return when(text, where(new_key(), show))


def retry(comment: Any) -> Js:
    """Send a refused comment again, under the same key so that the server adds it only once."""
    again = merged(js(comment), {"tries": comment.tries + 1})
    return learn(
        {
            fact_keys.sent_key(comment.key): None,
            fact_keys.pending_comment_key(comment.post, comment.key): again,
        }
    )


def forget(comment: Any) -> Js:
    """Stop showing a pending comment."""
    return learn({fact_keys.pending_comment_key(comment.post, comment.key): None})
