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
class Sending:
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


async def store(one: Sending) -> Sent:
    """Store a message, batched with others sent at the same time. Raises NotFound, Refused, Invalid."""
    return await _batches.do(_lane(one.message["conversation"]), one)


def _lane(conversation: ObjectId) -> int:
    return conversation.binary[-1] % LANES


async def _send_all(_: int, items: list[Sending]) -> list[Sent | Exception]:
    """Store messages from several people in one transaction, or each in its own if any of them fails."""
    try:
        return [*await _send_together(items)]
    except (DomainError, BulkWriteError):
        return [await _send_alone(one) for one in items]


async def _send_alone(item: Sending) -> Sent | Exception:
    try:
        try:
            return (await _send_together([item], again=True))[0]
        except BulkWriteError:
            # The same key arrived through two processes, or the conversation's last number is behind.
            await conversations.catch_up(item.message["conversation"])
            return (await _send_together([item], again=True))[0]
    except Exception as error:
        # This concerns only its sender: the others' messages are stored and still have to be announced.
        return error


async def _send_together(items: list[Sending], *, again: bool = False) -> list[Sent]:
    """Store messages. `again` first looks for those already stored, after an index has rejected one."""
    if not again:
        with contextlib.suppress(Outdated):
            return await _store(items)
    return await _store(items, again=again, reread=True)


async def _store(items: list[Sending], *, again: bool = False, reread: bool = False) -> list[Sent]:
    places = {item.message["conversation"] for item in items}

    async def work(transaction: Transaction) -> tuple[list[Sent], Arrivals]:
        before = await _stored_before(transaction, items) if again else {}
        arrivals = await Arrivals.begin(transaction, places, reread=reread)
        new: list[dict[str, Any]] = []
        results: list[Sent] = []
        for item in items:
            viewer, conversation = item.viewer, item.message["conversation"]
            own, read = (viewer.oid, item.message["key"]), 0
            row = arrivals.row(viewer, conversation)
            if own not in before:
                permissions.check_may_send(viewer, row)
                row, read = arrivals.add(viewer.oid, conversation, item.message["at"])
                before[own] = {**item.message, "seq": row["last"]}
                new.append(before[own])
                if item.photo is not None:
                    await drafts.take(transaction, item.photo, media.MESSAGE)
            elif conversation_of(before[own]) != conversation:
                raise Invalid("That cannot be sent. Write it again.")
            results.append(Sent(before[own], row, read))
        if new:
            arrivals.write_last()
            transaction.write_last(outbox.Write("messages", new))
            _prepare(results)
        return results, arrivals

    (results, arrivals), deliveries = await outbox.written(work)
    arrivals.remember()
    mine = iter(deliveries)
    for item, sent in zip(items, results, strict=True):
        if item.photo is not None:
            sent.deliveries = [one for one in [next(mine, None)] if one]
    return results


def _prepare(results: list[Sent]) -> None:
    """Build the events while MongoDB stores the messages, so that nobody waits for them afterwards."""

    async def make() -> dict[ObjectId, MessageSent]:
        try:
            made = await message_cards.cards([sent.message for sent in results])
            shown = {ObjectId(one.id): one for one in made}
            return {
                known: _event(sent.row, sent.message, shown[known])
                for sent in results
                if (known := sent.message["_id"]) in shown
            }
        except Exception:
            log.exception("What tells of messages could not be prepared")
            return {}

    task = asyncio.create_task(make())
    for sent in results:
        sent.events = task


async def _stored_before(
    transaction: Transaction, items: list[Sending]
) -> dict[tuple[ObjectId, str], dict[str, Any]]:
    keys = [{"author": item.viewer.oid, "key": item.message["key"]} for item in items]
    found = db.messages.find({"$or": keys}, session=transaction.session)
    return {(row["author"], row["key"]): row async for row in found}


async def announce(viewer: Viewer, sent: Sent, *, again: bool) -> None:
    """Publish MessageSent to the members in the order of the message numbers, or, for a message that was
    already stored (`again`), only to its sender's tabs. Publishes ConversationRead first if writing the
    message marked earlier ones as read.
    """
    # Join the queue before awaiting anything.
    with _turns.queue(sent.row["_id"]) as turn:
        await _announce_read(viewer, sent)
        event = await _told(sent)
        if again:
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
        log.exception("Who has read a conversation could not be told")


async def _told(sent: Sent) -> MessageSent:
    """Return the event for a message: the prepared one, or else a new one."""
    made = await sent.events if sent.events is not None else {}
    event = made.get(sent.message["_id"])
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


_batches: Batcher[int, Sending, Sent] = Batcher(_send_all)
_turns: Turns[ObjectId] = Turns()
