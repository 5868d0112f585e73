"""The messages of an open conversation: those loaded and those received since, ordered and grouped."""

from __future__ import annotations

from typing import Any, TypedDict

from instagram_clone.domain.messaging.messages import Message
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, default, js, merged, name, new, when, where
from instagram_clone.web.browser.page.clock import days_ago, time_of_day

HEART = "❤️"
GROUP_GAP_MS = 5 * 60 * 1000
"""Messages that one person sends within this time of each other form a group."""


class Row(TypedDict):
    """A message in its place among the others. `begins` and `ends` tell whether it is the first and the
    last of its group. `day` is the heading above the first message of a day, else "", and `unread` whether
    the unread line is above it.
    """

    message: Message
    day: str
    unread: bool
    begins: bool
    ends: bool


def merge(chat: Any, read: Any, heard: Any, cleared: Any, newer: Any = False) -> Js:
    """Return the loaded messages in their latest version and newer ones, without those unsent and those up
    to the number `cleared`, which the viewer has deleted in this or another tab.

    A page that ends with a number contains everything before it, so only higher numbers are new. If `newer`
    messages have been unloaded, those received do not follow on directly and are not shown.
    """
    read, heard, cleared = js(read), js(heard), js(cleared)
    newest = name("Math.max")(default(read.at(-1).seq, 0), cleared)

    def latest(message: Js) -> Js:
        told = heard[fact_keys.message_key(chat, message.id)]
        return when(told.rev > message.rev, told, message)

    def is_there(message: Js) -> Js:
        return (message.seq > cleared) & ~heard[fact_keys.message_key(chat, message.id)].gone

    kept = read.filter(is_there).map(latest)
    news = name("Object.values")(heard).filter(lambda message: ~js(newer) & (message.seq > newest))
    return kept.concat(news.toSorted(lambda one, other: one.seq - other.seq))


def first_unread(messages: Any, seen: Any, me: Any) -> Js:
    """Return the number of the first message that was unread on opening, or 0 once the viewer replies."""
    messages = js(messages)
    return where(
        messages.find(lambda one: (one.seq > seen) & (one.by != me)).seq,
        lambda first: when(
            messages.some(lambda one: (one.by == me) & (one.seq > first)), 0, default(first, 0)
        ),
    )


def rows(messages: Any, unread: Any, now: Any) -> Js:
    """Return messages in groups: by one person, on one day, each within five minutes of the one before.

    The first unread message also starts a group.
    """
    messages = js(messages)

    def goes_on(one: Js, other: Js) -> Js:
        soon = _time(other.at) - _time(one.at) < GROUP_GAP_MS
        return (one.by == other.by) & soon & (_day(one.at) == _day(other.at)) & (other.seq != unread)

    def row(message: Js, at: Js) -> Js:
        before, after = messages[at - 1], messages[at + 1]
        return js(
            {
                "message": message,
                "day": when(_day(before.at) == _day(message.at), "", day_and_time(message.at, now)),
                "unread": message.seq == unread,
                "begins": ~goes_on(before, message),
                "ends": ~goes_on(message, after),
            }
        )

    return messages.map(row)


def reactions(message: Any, hoped: Any, me: Any) -> Js:
    """Return pairs of user id and emoji, with the viewer's own as chosen until the server answers."""
    message, hoped = js(message), js(hoped)
    mine = when(hoped.rev >= message.rev, {js(me): hoped.emoji}, None)
    return name("Object.entries")(merged(message.reactions, mine)).filter(lambda pair: pair[1])


def kinds_of(pairs: Any) -> Js:
    """Return the distinct emoji among some reactions."""
    return name("Array.from")(new(name("Set"), js(pairs).map(lambda pair: pair[1])))


def reaction_words(pairs: Any, members: Any, me: Any) -> Js:
    """Return who reacted with what: "Liked by you, ana; 🔥 by ben"."""

    def named(person: Js) -> Js:
        other = js(members).find(lambda member: member.id == person)
        return when(person == me, "you", default(other.username, "somebody"))

    def by(emoji: Js) -> Js:
        theirs = js(pairs).filter(lambda pair: pair[1] == emoji)
        return (
            when(emoji == HEART, "Liked", emoji) + " by " + theirs.map(lambda one: named(one[0])).join(", ")
        )

    return kinds_of(pairs).map(by).join("; ")


def words_of(message: Any) -> Js:
    """Return the text of a message, without its links."""
    return js(message).text.map(lambda piece: piece.text).join("")


def must_wait(chat: Any, messages: Any, me: Any) -> Js:
    """Return whether the viewer must not write again until someone accepts. Writing back accepts."""
    messages = js(messages)
    return js(chat).waiting & (messages.length > 0) & messages.every(lambda message: message.by == me)


def members_now(chat: Any, members: Any, seen: Any) -> Js:
    """Return the other members of a conversation with how far each has read, by the latest facts."""
    seen = js(seen)

    def as_told(member: Js) -> Js:
        told = seen[fact_keys.seen_key(chat, member.id)]
        return when(told.seq > member.seen, merged(member, {"seen": told.seq, "seen_at": told.at}), member)

    return js(members).map(as_told)


def seen_words(message: Any, members: Any, group: Any) -> Js:
    """Return who has seen a message: "Sent", "Seen 08:14", "Seen by ana, ben"."""

    def words(seen: Js) -> Js:
        names = seen.map(lambda member: member.username).join(", ")
        at = seen[0].seen_at
        alone = when(at, js("Seen ") + time_of_day(at), "Seen")
        return when(seen.length == 0, "Sent", when(group, js("Seen by ") + names, alone))

    return where(js(members).filter(lambda member: member.seen >= js(message).seq), words)


def day_and_time(at: Any, now: Any) -> Js:
    """Return when a group began: "Today, 08:14", "Yesterday, 08:14", "Mon 3 Feb, 08:14"."""
    other = _date(at).toLocaleDateString("en-GB", {"weekday": "short", "day": "numeric", "month": "short"})
    day = default(js({"0": "Today", "1": "Yesterday"})[days_ago(at, now)], other)
    return day + ", " + time_of_day(at)


def _date(at: Any) -> Js:
    return new(name("Date"), at)


def _time(at: Any) -> Js:
    return _date(at).getTime()


def _day(at: Any) -> Js:
    return _date(at).toDateString()
