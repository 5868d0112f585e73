"""Storing messages, and announcing them in the order of their numbers.

Messages sent at the same moment are stored in one transaction, along with the changes to their
conversations.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field, replace
from typing import Any

from bson import ObjectId
from pymongo.errors import BulkWriteError, PyMongoError

from instagram_clone.domain.core import db, events, outbox
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.errors import DomainError, Invalid
from instagram_clone.domain.core.outbox import Delivery, Transaction
from instagram_clone.domain.core.turns import Turns
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts, media
from instagram_clone.domain.messaging import conversations, message_cards, permissions, receipts
from instagram_clone.domain.messaging.arrivals import Arrivals, Outdated
from instagram_clone.domain.messaging.events import MessageSent
from instagram_clone.domain.messaging.message_cards import Message

log = logging.getLogger(__name__)

LANES = 2
"""How many transactions run at once: while one waits for MongoDB, the other uses the CPU. All messages of a
conversation go through the same lane, which keeps them in order.
"""


@dataclass(frozen=True)
class Outgoing:
    """A message about to be stored. `photo` is the photo it shows, a draft until the message is stored."""

    viewer: Viewer
    message: dict[str, Any]
    photo: media.Photo | None


@dataclass
class Sent:
    """A message and its conversation as found or written, and what is still to be published.

    `read` is the number up to which writing the message marked the conversation as read by its author, or 0
    if it already was. `events` resolves to the events of all messages stored in the same transaction, by
    message id, as far as they could be prepared.
    """

    message: dict[str, Any]
    row: dict[str, Any]
    read: int = 0
    deliveries: list[Delivery] = field(default_factory=list)
    events: asyncio.Task[dict[ObjectId, MessageSent]] | None = None


async def store(one: Outgoing) -> Sent:
    """Store a message, batched with others sent at the same time. Raises NotFound, Refused, Invalid."""
    return await _batches.submit(_lane(one.message["conversation"]), one)


def _lane(conversation: ObjectId) -> int:
    return conversation.binary[-1] % LANES


async def _store_all(_: int, items: list[Outgoing]) -> list[Sent | Exception]:
    """Store messages from several people in one transaction, or each in its own if any of them fails."""
    try:
        return [*await _store_batch(items)]
    except (DomainError, BulkWriteError):
        return [await _store_single(one) for one in items]


async def _store_single(item: Outgoing) -> Sent | Exception:
    try:
        try:
            return (await _store_batch([item], check_stored=True))[0]
        except BulkWriteError:
            # The same key arrived through two processes, or the conversation's last number is behind.
            await conversations.catch_up(item.message["conversation"])
            return (await _store_batch([item], check_stored=True))[0]
    except Exception as error:
        # This concerns only its sender: the others' messages are stored and still have to be announced.
        return error


async def _store_batch(items: list[Outgoing], *, check_stored: bool = False) -> list[Sent]:
    """Store messages. `check_stored` looks for those already stored, after an index has rejected one."""
    if not check_stored:
        with contextlib.suppress(Outdated):
            return await _store(items)
    return await _store(items, check_stored=check_stored, reread=True)


async def _store(items: list[Outgoing], *, check_stored: bool = False, reread: bool = False) -> list[Sent]:
    conversation_ids = {item.message["conversation"] for item in items}

    async def work(transaction: Transaction) -> tuple[list[Sent], Arrivals]:
        stored_messages = await _find_stored(transaction, items) if check_stored else {}
        arrivals = await Arrivals.load(transaction, conversation_ids, reread=reread)
        new: list[dict[str, Any]] = []
        results: list[Sent] = []
        for item in items:
            viewer, conversation = item.viewer, item.message["conversation"]
            message_key, read = (viewer.oid, item.message["key"]), 0
            row = arrivals.row(viewer, conversation)
            if message_key not in stored_messages:
                permissions.check_may_send(viewer, row)
                row, read = arrivals.add(viewer.oid, conversation, item.message["at"])
                stored_messages[message_key] = {**item.message, "seq": row["last"]}
                new.append(stored_messages[message_key])
                if item.photo is not None:
                    await drafts.take(transaction, item.photo, media.MESSAGE)
            elif conversation_of(stored_messages[message_key]) != conversation:
                raise Invalid(permissions.CANNOT_SEND)
            results.append(Sent(stored_messages[message_key], row, read))
        if new:
            arrivals.write_last()
            transaction.write_last(outbox.Write("messages", new))
            _prepare_events(results)
        return results, arrivals

    (results, arrivals), deliveries = await outbox.commit_undelivered(work)
    arrivals.cache()
    # A retry within the batch has taken no photo: its message is the one before it.
    took_photos = [
        sent
        for item, sent in zip(items, results, strict=True)
        if item.photo is not None and sent.message["_id"] == item.message["_id"]
    ]
    for sent, delivery in zip(took_photos, deliveries, strict=False):
        sent.deliveries = [delivery]
    return results


def _prepare_events(results: list[Sent]) -> None:
    """Build the events while MongoDB stores the messages, so that nobody waits for them afterwards."""

    async def build() -> dict[ObjectId, MessageSent]:
        try:
            cards = await message_cards.cards([sent.message for sent in results])
            shown = {ObjectId(one.id): one for one in cards}
            return {
                message_id: _event(sent.row, sent.message, shown[message_id])
                for sent in results
                if (message_id := sent.message["_id"]) in shown
            }
        except Exception:
            log.exception("Could not prepare the events of new messages")
            return {}

    task = asyncio.create_task(build())
    for sent in results:
        sent.events = task


async def _find_stored(
    transaction: Transaction, items: list[Outgoing]
) -> dict[tuple[ObjectId, str], dict[str, Any]]:
    keys = [{"author": item.viewer.oid, "key": item.message["key"]} for item in items]
    found = db.messages.find({"$or": keys}, session=transaction.session)
    return {(row["author"], row["key"]): row async for row in found}


async def announce(viewer: Viewer, sent: Sent, *, is_retry: bool) -> None:
    """Publish MessageSent to the members in the order of the message numbers, or, for a message that was
    already stored (`is_retry`), only to its sender's tabs. Publishes ConversationRead first if writing the
    message marked earlier ones as read.
    """
    # Join the queue before awaiting anything.
    with _turns.queue(sent.row["_id"]) as turn:
        await _announce_read(viewer, sent)
        event = await _event_for(sent)
        if is_retry:
            event = replace(event, to=(viewer.id,), counted=())
        await turn()
        await events.publish(event)


async def _announce_read(viewer: Viewer, sent: Sent) -> None:
    """Publish, to members who may know it, that the viewer has read everything before their own message."""
    if not sent.read:
        return
    try:
        await receipts.announce_read(viewer, sent.row, sent.read, sent.message["at"])
    except PyMongoError:
        # The message is stored, so it has to be announced whatever happens here.
        log.exception("Could not publish a read receipt")


async def _event_for(sent: Sent) -> MessageSent:
    """Return the event for a message: the prepared one, or else a new one."""
    prepared = await sent.events if sent.events is not None else {}
    event = prepared.get(sent.message["_id"])
    if event is None:
        [shown] = await message_cards.cards([sent.message])
        event = _event(sent.row, sent.message, shown)
    return event


def _event(row: dict[str, Any], message: dict[str, Any], shown: Message) -> MessageSent:
    author = message["author"]
    return MessageSent(
        conversation_id=str(row["_id"]),
        to=permissions.readers(row),
        counted=tuple(map(str, permissions.unread_for(row, author))),
        seq=message["seq"],
        by=shown.by,
        username=shown.username,
        line=message["line"],
        at=shown.at,
        message=message_cards.fields(shown),
    )


def conversation_of(message: dict[str, Any]) -> ObjectId:
    """Return the conversation a message was sent in."""
    return message.get("was_in", message["conversation"])


_batches: Batcher[int, Outgoing, Sent] = Batcher(_store_all)
_turns: Turns[ObjectId] = Turns()
