"""Delivery of changes to the screens that show what changed, and to no others.

Updates come in two kinds: *facts*, small absolute values under a key that every watching browser gets in
the same frame, and *changes*, functions that edit one state of one tab under its lock. Nothing here makes
decisions; the domain already has.
"""

from instagram_clone.live.bus import between_processes
from instagram_clone.live.delivery import (
    Facts,
    FactsByTopic,
    fact,
    is_newest,
    send_facts,
    send_facts_to_all,
    settled,
    subscribe,
)
from instagram_clone.live.editing import edit, on
from instagram_clone.live.online import is_online, on_presence, online_among
from instagram_clone.live.staleness import Moment, moment
from instagram_clone.live.tabs.admission import set_available
from instagram_clone.live.tabs.connections import (
    address_of,
    attach,
    close_session,
    cookies_of,
    identify,
    token_at,
    tokens,
    unwatch,
    watch,
    watched,
    watchers,
    watches,
    withdraw,
)
from instagram_clone.live.tabs.transport import disconnect, interruptible, with_transport
from instagram_clone.runtime.state_adapter import token_of

__all__ = [
    "Facts",
    "FactsByTopic",
    "Moment",
    "address_of",
    "attach",
    "between_processes",
    "close_session",
    "cookies_of",
    "disconnect",
    "edit",
    "fact",
    "identify",
    "interruptible",
    "is_newest",
    "is_online",
    "moment",
    "on",
    "on_presence",
    "online_among",
    "send_facts",
    "send_facts_to_all",
    "set_available",
    "settled",
    "subscribe",
    "token_at",
    "token_of",
    "tokens",
    "unwatch",
    "watch",
    "watched",
    "watchers",
    "watches",
    "with_transport",
    "withdraw",
]
