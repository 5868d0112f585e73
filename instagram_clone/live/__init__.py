"""Delivery of changes to the screens that show what changed, and to no others.

Updates come in two kinds: *facts*, small absolute values under a key that every watching browser gets in
the same frame, and *changes*, functions that edit one state of one tab under its lock. Nothing here makes
decisions; the domain already has.
"""

from instagram_clone.live.bus import between_processes
from instagram_clone.live.delivery import Facts, Told, fact, hear, is_newest, settled, tell, tell_all
from instagram_clone.live.editing import edit, on
from instagram_clone.live.online import here_among, is_here, on_presence
from instagram_clone.live.staleness import Moment, moment
from instagram_clone.live.tabs.admission import admit
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
from instagram_clone.live.tabs.transport import breakable, hang_up, with_transport
from instagram_clone.runtime.state_adapter import token_of

__all__ = [
    "Facts",
    "Moment",
    "Told",
    "address_of",
    "admit",
    "attach",
    "between_processes",
    "breakable",
    "close_session",
    "cookies_of",
    "edit",
    "fact",
    "hang_up",
    "hear",
    "here_among",
    "identify",
    "is_here",
    "is_newest",
    "moment",
    "on",
    "on_presence",
    "settled",
    "tell",
    "tell_all",
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
