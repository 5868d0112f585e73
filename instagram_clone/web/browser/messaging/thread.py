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


def merge(chat: Any, loaded: Any, received: Any, cleared: Any, newer: Any = False) -> Js:
    """Return the loaded messages in their latest version and newer ones, without those unsent and those up
    to the number `cleared`, which the viewer has deleted in this or another tab.

    A page that ends with a number contains everything before it, so only higher numbers are new. If `newer`
    messages have been unloaded, those received do not follow on directly and are not shown.
    """
    loaded, received, cleared = js(loaded), js(received), js(cleared)
    newest = name("Math.max")(default(loaded.at(-1).seq, 0), cleared)

    def latest(message: Js) -> Js:
        update = received[fact_keys.message_key(chat, message.id)]
        return when(update.rev > message.rev, update, message)

    def is_kept(message: Js) -> Js:
        return (message.seq > cleared) & ~received[fact_keys.message_key(chat, message.id)].gone

    kept = loaded.filter(is_kept).map(latest)
    added = name("Object.values")(received).filter(lambda message: ~js(newer) & (message.seq > newest))
    return kept.concat(added.toSorted(lambda one, other: one.seq - other.seq))


def first_unread(messages: Any, seen: Any, me: Any) -> Js:
    """Return the number of the first message that was unread on opening, or 0 once the viewer replies."""
    messages = js(messages)
    return where(
        messages.find(lambda message: (message.seq > seen) & (message.by != me)).seq,
        lambda first: when(
            messages.some(lambda message: (message.by == me) & (message.seq > first)), 0, default(first, 0)
        ),
    )


def rows(messages: Any, unread: Any, now: Any) -> Js:
    """Return messages in groups: by one person, on one day, each within five minutes of the one before.

    The first unread message also starts a group.
    """
    messages = js(messages)

    def continues(one: Js, other: Js) -> Js:
        is_close = _time(other.at) - _time(one.at) < GROUP_GAP_MS
        return (one.by == other.by) & is_close & (_day(one.at) == _day(other.at)) & (other.seq != unread)

    def row(message: Js, at: Js) -> Js:
        before, after = messages[at - 1], messages[at + 1]
        return js(
            {
                "message": message,
                "day": when(_day(before.at) == _day(message.at), "", day_and_time(message.at, now)),
                "unread": message.seq == unread,
                "begins": ~continues(before, message),
                "ends": ~continues(message, after),
            }
        )

    return messages.map(row)


def reactions(message: Any, optimistic: Any, me: Any) -> Js:
    """Return pairs of user id and emoji, with the viewer's own as chosen until the server answers."""
    message, optimistic = js(message), js(optimistic)
    mine = when(optimistic.rev >= message.rev, {js(me): optimistic.emoji}, None)
    return name("Object.entries")(merged(message.reactions, mine)).filter(lambda pair: pair[1])


def kinds_of(pairs: Any) -> Js:
    """Return the distinct emoji among some reactions."""
    return name("Array.from")(new(name("Set"), js(pairs).map(lambda pair: pair[1])))


def reaction_words(pairs: Any, members: Any, me: Any) -> Js:
    """Return who reacted with what: "Liked by you, ana; 🔥 by ben"."""

    def named(person: Js) -> Js:
        other = js(members).find(lambda member: member.id == person)
        return when(person == me, "you", default(other.username, "someone"))

    def by(emoji: Js) -> Js:
        chosen = js(pairs).filter(lambda pair: pair[1] == emoji)
        return (
            when(emoji == HEART, "Liked", emoji)
            + " by "
            + chosen.map(lambda pair: named(pair[0])).join(", ")
        )

    return kinds_of(pairs).map(by).join("; ")


def words_of(message: Any) -> Js:
    """Return the text of a message, without its links."""
    return js(message).text.map(lambda piece: piece.text).join("")


def must_wait(chat: Any, messages: Any, me: Any) -> Js:
    """Return whether the viewer must not write again until someone accepts. Writing back accepts."""
    messages = js(messages)
    return js(chat).waiting & (messages.length > 0) & messages.every(lambda message: message.by == me)


def with_read_positions(chat: Any, members: Any, seen: Any) -> Js:
    """Return the other members of a conversation with how far each has read, by the latest facts."""
    seen = js(seen)

    def updated(member: Js) -> Js:
        fact = seen[fact_keys.seen_key(chat, member.id)]
        return when(fact.seq > member.seen, merged(member, {"seen": fact.seq, "seen_at": fact.at}), member)

    return js(members).map(updated)


def seen_words(message: Any, members: Any, group: Any) -> Js:
    """Return who has seen a message: "Sent", "Seen 08:14", "Seen by ana, ben"."""

    def words(seen: Js) -> Js:
        names = seen.map(lambda member: member.username).join(", ")
        at = seen[0].seen_at
        single = when(at, js("Seen ") + time_of_day(at), "Seen")
        return when(seen.length == 0, "Sent", when(group, js("Seen by ") + names, single))

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
