"""The facts browsers receive about conversations: messages, read receipts, typing and presence."""

from __future__ import annotations

from bson import ObjectId

from instagram_clone import live
from instagram_clone.domain.messaging import conversation_cache
from instagram_clone.domain.messaging.events import (
    ConversationChanged,
    ConversationRead,
    MessageSent,
    Typing,
)
from instagram_clone.domain.people import presence
from instagram_clone.domain.people.events import PresenceChanged
from instagram_clone.live import fact_keys, topics
from instagram_clone.web.states.moments import now_ms
from instagram_clone.web.states.withdrawals import blocked_readers


def _sent(event: MessageSent) -> live.FactsByTopic:
    chat = event.conversation_id
    last = {
        "seq": event.seq,
        "rev": event.seq,
        "by": event.by,
        "who": event.username,
        "line": event.line,
        "at": event.at,
        "told": now_ms(),
    }
    loud, quiet = {fact_keys.chat_key(chat): last}, {fact_keys.chat_key(chat): {**last, "quiet": True}}
    message = {fact_keys.message_key(chat, event.message["id"]): event.message}
    for reader in event.to:
        yield topics.user(reader), loud if reader in event.counted else quiet
        yield topics.thread(chat, reader), message


def _read(event: ConversationRead) -> live.FactsByTopic:
    # Nobody reads backwards: a late answer must not undo what the tab knows by now.
    position = {"seq": event.seq, "rev": event.seq}
    yield topics.user(event.user_id), {fact_keys.read_key(event.conversation_id): position}
    seen = {fact_keys.seen_key(event.conversation_id, event.user_id): {**position, "at": event.at}}
    for reader in event.shown_to:
        yield topics.thread(event.conversation_id, reader), seen


async def _typing(event: Typing) -> None:
    """Send a typing fact to those who may see it, as a block may have come after the event. A later message
    may overtake it, so browsers compare `at`.
    """
    facts = {
        fact_keys.typing_key(event.conversation_id): {
            "by": event.user_id,
            "who": event.username,
            "at": now_ms(),
        }
    }
    writer, readers = ObjectId(event.user_id), {ObjectId(one) for one in event.to}
    blocked = (await blocked_readers([writer], readers))[writer]
    for token in live.tokens(topics.inbox(str(one)) for one in readers - blocked):
        live.send_facts(token, facts)


def _presence(event: PresenceChanged) -> live.FactsByTopic:
    if event.at and live.is_online(event.user_id):
        return  # They reconnected, perhaps to another process, before their disconnect was recorded.
    facts = {fact_keys.online_key(event.user_id): {"on": event.online, "at": event.at, "told": now_ms()}}
    for friend in event.to:
        yield topics.inbox(friend), facts


live.fact(MessageSent, _sent)
live.fact(ConversationRead, _read)
live.subscribe(Typing, _typing, lambda event: map(topics.inbox, event.to), in_background=True)
# A process without tabs of any member gets none of these. Its cache may go stale, but it sends nothing for
# them.
live.subscribe(MessageSent, conversation_cache.message_sent, lambda event: map(topics.user, event.to))
live.subscribe(
    ConversationRead, conversation_cache.conversation_read, lambda event: map(topics.user, event.shown_to)
)
live.subscribe(
    ConversationChanged, conversation_cache.conversation_changed, lambda event: map(topics.user, event.to)
)
live.fact(PresenceChanged, _presence, lambda event: map(topics.inbox, event.to))
live.on_presence(presence.connected, presence.disconnected)
presence.set_online_source(live.online_among)
