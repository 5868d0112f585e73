"""Delivery of facts to tabs: merged while queued, and encoded once for all tabs that get the same.

Facts land under their key in the browser's copy of `LiveState` (Reflex's reducer accepts any key), so the
latest wins and no state on the server is locked or grows. Changes (`editing`) go through the tab's state.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import reflex as rx

from instagram_clone.live import bus, editing, staleness
from instagram_clone.live.fact_keys import FactKey
from instagram_clone.live.tabs import connections, engine_adapter
from instagram_clone.live.tabs.transport import Frame, Transport
from instagram_clone.live.topics import Topic

PAUSE_SECONDS = 0.03
"""A key that was just sent is sent again only after this long, with everything in between merged: a counter
under load updates at most thirty times a second, while a new key, such as a message, is sent at once."""

PAUSE_PER_TAB = 0.0002
MAX_PAUSE = 0.1
"""The more tabs a round was sent to, the later the next: sending takes at most a fifth of the time."""

MAX_REVISIONS = 20_000
"""How many keys' revisions are remembered. Once one is evicted, no older fact is in transit any more."""

MAX_HELD = 2_000
"""Merged facts held for a tab that isn't reading. Beyond this it is disconnected, and must reload."""

Facts = dict[FactKey, Any]
FactsByTopic = Iterable[tuple[Topic, Facts]]

log = logging.getLogger(__name__)

_last_revisions: dict[tuple[Topic, FactKey], int] = {}
"""The highest revision sent for each key, most recently sent last."""

_pending: dict[str, Facts] = {}
_delayed: dict[str, Facts] = {}
_recent_keys: set[str] = set()
_flush_handle: asyncio.Handle | None = None
_pause_timer: asyncio.TimerHandle | None = None
_held: dict[str, Facts] = {}
_releasing: dict[str, asyncio.Task[None]] = {}


class LiveState(rx.State):
    """The slice that facts land in. The server keeps nothing here; browsers store them by key."""

    ready: bool = False


def fact(kind: type, facts: Callable[[Any], FactsByTopic], topics: bus.Reach | None = None) -> None:
    """Turn every event of a kind into facts: pairs of a topic and the facts its watchers should receive.

    For facts with a revision, the highest one wins, whatever order they arrive in. All facts of one event
    reach a tab together. If `facts` depends on the calling process, pass `topics` that do not.
    """

    async def handle(event: Any) -> None:
        parts: list[tuple[set[str], Facts]] = []
        for topic, topic_facts in facts(event):
            staleness.record_event(topic)
            watching = connections.tokens([topic])
            if not watching:
                continue
            new = {key: value for key, value in topic_facts.items() if is_newest(topic, key, value)}
            if new:
                parts.append((watching, new))
        _send_together(parts)

    bus.subscribe(kind, handle, topics or (lambda event: [topic for topic, _ in facts(event)]))


def _send_together(parts: list[tuple[set[str], Facts]]) -> None:
    several: set[str] = set()
    seen: set[str] = set()
    for tokens, _ in parts:
        several |= seen & tokens
        seen |= tokens
    # In a large crowd, most tabs get a single message.
    for tokens, new in parts:
        send_facts_to_all(tokens - several, new)
    merged: dict[tuple[int, ...], Facts] = {}
    for token in several:
        indexes = tuple(index for index, (tokens, _) in enumerate(parts) if token in tokens)
        if indexes not in merged:
            merged[indexes] = {key: value for index in indexes for key, value in parts[index][1].items()}
        send_facts(token, merged[indexes])


def is_newest(topic: Topic, key: FactKey, value: Any) -> bool:
    """Return whether no later revision of a fact has been sent, and record this one as sent."""
    rev = value.get("rev") if isinstance(value, dict) else None
    if rev is None:
        return True
    last = _last_revisions.pop((topic, key), rev)
    _last_revisions[topic, key] = max(last, rev)
    if len(_last_revisions) > MAX_REVISIONS:
        for old in list(itertools.islice(_last_revisions, MAX_REVISIONS // 2)):
            del _last_revisions[old]
    return rev >= last


def subscribe(
    kind: type,
    listener: Callable[[Any], Awaitable[None]],
    topics: bus.Reach = bus.everywhere,
    in_background: bool = False,
) -> None:
    """Call a coroutine function with every event of a kind, for effects that are neither facts nor changes.

    With `topics`, events from other processes arrive only where one of the topics is watched. No later
    event waits for a listener that runs `in_background`: use that where it queries the database.
    """
    bus.subscribe(kind, listener, topics, in_background)


def send_facts(token: str, facts: Facts) -> None:
    """Send facts to one tab soon; later ones under the same key replace earlier ones.

    Facts passed together are sent together: at once if any of their keys is new.
    """
    send_facts_to_all((token,), facts)


def send_facts_to_all(tokens: Iterable[str], facts: Facts) -> None:
    """Send the same facts to several tabs, as with `send_facts`. The tabs share merged dicts, too."""
    global _flush_handle
    keys = facts.keys()
    all_recent = bool(facts) and keys <= _recent_keys
    shared: dict[int, tuple[Facts, Facts]] = {}
    for token in tokens:
        queue, delayed = _delayed, None if all_recent else _delayed.get(token)
        if not all_recent and not (delayed and facts and keys <= _recent_keys | delayed.keys()):
            queue = _pending
            if delayed and not delayed.keys().isdisjoint(keys):
                # Keys sent along with a new one go out now; the queued values for them are older.
                _delayed[token] = {key: value for key, value in delayed.items() if key not in facts}
        before = queue.get(token)
        if before is None:
            queue[token] = facts
            continue
        merged = shared.get(id(before))
        if merged is None:
            # Keep a reference to `before`, so that no other object can reuse its id.
            merged = shared[id(before)] = (before, {**before, **facts})
        queue[token] = merged[1]
    if _pending and _flush_handle is None:
        _flush_handle = asyncio.get_running_loop().call_soon(_flush)


async def settled() -> None:
    """Wait until everything published so far has been delivered."""
    while _pending or _delayed or _held or not (editing.is_settled() and connections.all_free()):  # noqa: ASYNC110
        await asyncio.sleep(0.001)


def _flush() -> None:
    """Send new keys at once; they count as recent from now on, until a pause has passed without them."""
    global _flush_handle, _pending, _pause_timer
    _flush_handle = None
    batch, _pending = _pending, {}
    _send(batch)
    if _pause_timer is None and (_recent_keys or _delayed):
        pause = max(PAUSE_SECONDS, min(MAX_PAUSE, PAUSE_PER_TAB * len(batch)))
        _pause_timer = asyncio.get_running_loop().call_later(pause, _end_pause)


def _end_pause() -> None:
    global _pause_timer, _delayed, _pending
    _pause_timer = None
    _recent_keys.clear()
    delayed, _delayed = _delayed, {}
    for token, facts in delayed.items():
        _pending[token] = {**facts, **_pending[token]} if token in _pending else facts
    if _pending:
        _flush()


def _send(batch: dict[str, Facts]) -> None:
    """Write to every tab whose reader has kept up; for the others, facts are held and merged.

    engine.io would put each frame into the socket's own queue and wake a task to take it out. Facts need
    neither: they may overtake anything, and are merged for slow readers.
    """
    frames: dict[Any, Frame | None] = {}
    for token, facts in batch.items():
        transport = connections.transport(token)
        if transport is None:
            continue
        # Held facts are older than these, and would be sent after them.
        if not transport.free or token in _held:
            _hold(token, facts, transport)
            continue
        frame = frames.get(id(facts))
        if frame is None:
            content = tuple(sorted((key, id(value)) for key, value in facts.items()))
            if content not in frames:
                frames[content] = _frame(facts)
                _recent_keys.update(facts)
            frame = frames[id(facts)] = frames[content]
        if frame is not None:
            transport.write(frame)


def _frame(facts: Facts) -> Frame | None:
    """Encode facts. Any that cannot be encoded are left out, without affecting the others."""
    try:
        frame = Frame(_packet(facts))
        assert frame.encoded
    except Exception:
        if len(facts) > 1:
            encodable = {key: value for key, value in facts.items() if _frame({key: value})}
            return _frame(encodable) if encodable else None
        log.exception("Could not encode a fact")
        return None
    return frame


def _hold(token: str, facts: Facts, transport: Transport) -> None:
    """Hold facts for a tab until it has taken what is being sent, then release them immediately."""
    if token in _held:
        _held[token].update(facts)
        if len(_held[token]) > MAX_HELD:
            transport.disconnect()
        return
    _held[token] = dict(facts)

    async def release() -> None:
        global _flush_handle
        await transport.until_free()
        held = _held.pop(token, {})
        _pending[token] = {**held, **_pending.get(token, {})}
        if _flush_handle is None:
            _flush_handle = asyncio.get_running_loop().call_soon(_flush)

    _releasing[token] = asyncio.create_task(release())
    _releasing[token].add_done_callback(lambda _: _releasing.pop(token, None))


def _packet(facts: Facts) -> str:
    return engine_adapter.delta_packet(connections.app(), LiveState, facts)
