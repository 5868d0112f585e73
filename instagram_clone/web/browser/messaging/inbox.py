"""The list of conversations, kept up to date as messages arrive."""

from __future__ import annotations

from typing import Any

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, default, js, merged, name, when


def current(row: Any, fact: Any, read: Any, me: Any) -> Js:
    """Return a conversation as loaded, updated by a newer message's `fact`. `read` is how far the
    viewer has read it.
    """
    row, fact = js(row), js(fact)
    newer = fact.seq > row.last
    own = when(fact.by == js(me), fact.seq, 0)
    changed = {
        "last": when(newer, fact.seq, row.last),
        "seen": name("Math.max")(row.seen, default(js(read).seq, 0), own),
        "line": when(newer, fact.line, row.line),
        "line_by": when(newer, fact.who, row.line_by),
        "at": when(newer, fact.at, row.at),
    }
    return merged(row, changed)


def rows_to_show(rows: Any, received: Any, read: Any, me: Any, query: Any) -> Js:
    """Return the conversations to show, newest first: all, or those whose title contains the query."""
    received, read = js(received), js(read)
    now = js(rows).map(
        lambda row: current(row, received[fact_keys.chat_key(row.id)], read[fact_keys.read_key(row.id)], me)
    )
    found = now.filter(lambda row: row.title.toLowerCase().includes(query))
    return found.toSorted(lambda one, other: when(one.at < other.at, 1, when(one.at > other.at, -1, 0)))


def other_people(rows: Any, found: Any, query: Any) -> Js:
    """Return the people found by a search with whom there is no one-to-one conversation yet."""
    partners = js(rows).filter(lambda row: ~row.group).map(lambda row: row.members[0].id)
    return when(query, js(found).filter(lambda person: ~partners.includes(person.id)), ())


def missing(rows: Any, received: Any, loaded_at: Any) -> Js:
    """Return the latest facts on conversations missing from the list, as a text that changes with them."""
    ids = js(rows).map(lambda row: fact_keys.chat_key(row.id))
    recent = name("Object.entries")(received).filter(
        lambda entry: ~ids.includes(entry[0]) & (entry[1].told > js(loaded_at))
    )
    return recent.map(lambda entry: entry[0] + " " + entry[1].seq).join()


def preview(row: Any, username: Any) -> Js:
    """Return the last line of a conversation, with its author where that is not obvious."""
    row = js(row)
    by = when(row.line_by == js(username), "You: ", when(row.group, row.line_by + ": ", ""))
    return when(row.line, by + row.line, "New conversation")
