"""The list of conversations, kept up to date as messages arrive."""

from __future__ import annotations

from typing import Any

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, default, js, merged, name, when


def current(row: Any, heard: Any, read: Any, me: Any) -> Js:
    """Return a conversation as loaded, updated by a newer message `heard`. `read` is how far this tab has
    read it.
    """
    row, heard = js(row), js(heard)
    newer = heard.seq > row.last
    own = when(heard.by == js(me), heard.seq, 0)
    changed = {
        "last": when(newer, heard.seq, row.last),
        "seen": name("Math.max")(row.seen, default(read, 0), own),
        "line": when(newer, heard.line, row.line),
        "line_by": when(newer, heard.who, row.line_by),
        "at": when(newer, heard.at, row.at),
    }
    return merged(row, changed)


def shown(rows: Any, heard: Any, read: Any, me: Any, query: Any) -> Js:
    """Return the conversations to show, newest first: all, or those whose title contains the query."""
    heard, read = js(heard), js(read)
    now = js(rows).map(
        lambda row: current(row, heard[fact_keys.chat_key(row.id)], read[fact_keys.read_key(row.id)], me)
    )
    found = now.filter(lambda row: row.title.toLowerCase().includes(query))
    return found.toSorted(lambda one, other: when(one.at < other.at, 1, when(one.at > other.at, -1, 0)))


def others(rows: Any, found: Any, query: Any) -> Js:
    """Return the people found by a search with whom there is no one-to-one conversation yet."""
    partners = js(rows).filter(lambda row: ~row.group).map(lambda row: row.members[0].id)
    return when(query, js(found).filter(lambda person: ~partners.includes(person.id)), ())


def unknown(rows: Any, heard: Any, loaded_at: Any) -> Js:
    """Return the latest facts on conversations missing from the list, as a text that changes with them."""
    ids = js(rows).map(lambda row: fact_keys.chat_key(row.id))
    news = name("Object.entries")(heard).filter(
        lambda entry: ~ids.includes(entry[0]) & (entry[1].told > js(loaded_at))
    )
    return news.map(lambda entry: entry[0] + " " + entry[1].seq).join()


def preview(row: Any, username: Any) -> Js:
    """Return the last line of a conversation, with its author where that is not obvious."""
    row = js(row)
    by = when(row.line_by == js(username), "You: ", when(row.group, row.line_by + ": ", ""))
    return when(row.line, by + row.line, "New conversation")
