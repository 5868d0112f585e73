"""Changes: functions that edit one state of one tab under its lock, each tab in its turn.

Edits are paced so that other work runs in between. Events that touch few tabs go before those that touch a
crowd: nobody's own change waits behind two thousand tabs that show a new comment.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import reflex as rx

from instagram_clone.live import bus, staleness
from instagram_clone.live.tabs import connections, socket_adapter
from instagram_clone.live.topics import Topic

PAUSE_SECONDS = 0.03
"""The minimum time between two edits of a tab; changes that arrive in between are applied together."""

TURN_SECONDS = 0.0015
BURST = 20
"""A burst of `BURST` tabs is edited immediately, then one tab every `TURN_SECONDS`."""

PRIORITY_TABS = 8
"""How many of an event's tabs take their turn ahead of any crowd, beginning with its author's own."""

Topics = Iterable[Topic] | Awaitable[Iterable[Topic]]
Apply = Callable[[Any, Any], Any]
Change = tuple[type[rx.State], Apply, Any]

log = logging.getLogger(__name__)

_changes: dict[str, list[Change]] = defaultdict(list)
_priority: OrderedDict[str, None] = OrderedDict()
_bulk: OrderedDict[str, None] = OrderedDict()
"""Tabs waiting for their turn, with priority and as part of a crowd. No tab is in both."""

_editing: dict[str, asyncio.Task[None]] = {}
"""Tabs that are being edited, or were within the last `PAUSE_SECONDS`."""

_requeued: dict[str, bool] = {}
"""Those of them that need another turn, and whether with priority."""

_scheduler: asyncio.Task[None] | None = None
_next_turn = float("-inf")
_bulk_is_next = False
_paused: set[tuple[str, Apply]] = set()
_after_pause: dict[tuple[str, Apply], tuple[Change, bool]] = {}
_resolving: set[asyncio.Task[None]] = set()


def on(
    kind: type, state: type[rx.State], topics: Callable[[Any], Topics], pause: float = 0
) -> Callable[[Apply], Apply]:
    """Return a decorator that makes a function edit a state of every tab watching the event's topics.

    The function gets the tab's state and the event; no client can call it. It must be idempotent. With a
    `pause`, for functions that read from the database again, a tab is edited at most once in that many
    seconds, with the latest event. Topics that need a query are awaited in a task of their own, so no later
    event waits for them.
    """

    def register(apply: Apply) -> Apply:
        async def handle(event: Any) -> None:
            wanted, change = topics(event), (state, apply, event)
            if inspect.isawaitable(wanted):
                task = asyncio.create_task(_resolve(wanted, change, pause))
                _resolving.add(task)
                task.add_done_callback(_resolving.discard)
            else:
                _fan_out(wanted, change, pause)

        # Asynchronous topics are resolved by each process for its own tabs.
        bus.subscribe(kind, handle, bus.everywhere if inspect.iscoroutinefunction(topics) else topics)
        return apply

    return register


def edit(token: str, state: type[rx.State], apply: Apply, event: Any) -> None:
    """Queue a function that edits a state of one tab, as with `on`."""
    _add(token, (state, apply, event), bus.claim_priority(PRIORITY_TABS))


def is_settled() -> bool:
    """Return whether no edit is queued or running, and no event is still being delivered."""
    return not (_priority or _bulk or _editing or _resolving) and bus.is_settled()


async def _resolve(wanted: Awaitable[Iterable[Topic]], change: Change, pause: float) -> None:
    try:
        _fan_out(await wanted, change, pause)
    except Exception:
        log.exception("Could not determine the recipients of %s", type(change[2]).__name__)


def _fan_out(wanted: Iterable[Topic], change: Change, pause: float) -> None:
    wanted = list(wanted)
    for topic in wanted:
        staleness.record_event(topic)
    for token in _own_first(change[2], connections.tokens(wanted)):
        is_priority = bus.claim_priority(PRIORITY_TABS)
        if pause:
            _add_throttled(token, change, is_priority, pause)
        else:
            _add(token, change, is_priority)


def _own_first(event: Any, tokens: set[str]) -> list[str]:
    """Return the tabs, the event's author's first: they are looking for the result of what they did."""
    own = connections.tokens_of(getattr(event, "by", "") or getattr(event, "author_id", ""))
    return [*(tokens & own), *(tokens - own)]


def _add_throttled(token: str, change: Change, is_priority: bool, pause: float) -> None:
    key = (token, change[1])
    if key in _paused:
        _after_pause[key] = change, is_priority
        return

    def end() -> None:
        _paused.discard(key)
        if key in _after_pause:
            _add_throttled(token, *_after_pause.pop(key), pause)

    _paused.add(key)
    _add(token, change, is_priority)
    asyncio.get_running_loop().call_later(pause, end)


def _add(token: str, change: Change, is_priority: bool) -> None:
    _changes[token].append(change)
    if token in _editing:
        _requeued[token] = is_priority or _requeued.get(token, False)
    else:
        _enqueue(token, is_priority)


def _enqueue(token: str, is_priority: bool) -> None:
    global _scheduler
    if is_priority:
        _bulk.pop(token, None)
        _priority[token] = None
    elif token not in _priority:
        _bulk[token] = None
    if _scheduler is None:
        _scheduler = asyncio.create_task(_run_turns())


async def _run_turns() -> None:
    """Give out turns while any tab is waiting."""
    global _scheduler
    try:
        while _priority or _bulk:
            await _wait_for_turn()
            if token := _next_tab():
                _editing[token] = asyncio.create_task(_edit(token))
    finally:
        _scheduler = None


def _next_tab() -> str:
    """Return the next tab, alternating between the two queues so that neither starves the other."""
    global _bulk_is_next
    queue = (_bulk or _priority) if _bulk_is_next else (_priority or _bulk)
    _bulk_is_next = queue is _priority
    return queue.popitem(last=False)[0] if queue else ""


async def _wait_for_turn() -> None:
    global _next_turn
    now = asyncio.get_running_loop().time()
    _next_turn = max(_next_turn, now - BURST * TURN_SECONDS) + TURN_SECONDS
    # Yield even without a wait: the first tab queued must not be edited before the event reaches the rest.
    await asyncio.sleep(max(0.0, _next_turn - now))


async def _edit(token: str) -> None:
    """Edit one tab, independently of the others."""
    try:
        await _apply_all(token, _changes.pop(token))
        await asyncio.sleep(PAUSE_SECONDS)
    except asyncio.CancelledError:
        _changes.pop(token, None)
        _requeued.pop(token, None)
        raise
    finally:
        del _editing[token]
        if token in _requeued:
            _enqueue(token, _requeued.pop(token))


async def _apply_all(token: str, changes: list[Change]) -> None:
    """Apply the changes due in a tab's turn. One that fails affects no other, and makes the page reload."""
    if not connections.is_open(token):
        return
    stale = False
    try:
        key = rx.BaseStateToken(ident=token, cls=changes[0][0])
        async with connections.app().modify_state(key) as state:
            # Reflex evicts a state that has been idle for an hour, and returns an empty one in its place.
            stale = not state.router.session.client_token
            for change in () if stale else changes:
                stale |= not await _apply(state, change)
    except Exception:
        log.exception("Could not apply a tab's changes")
        stale = True
    if stale:
        # The browser sends this event back with its page's URL, and everything is read again.
        with contextlib.suppress(Exception):
            await socket_adapter.reload_page(connections.app(), token)


async def _apply(state: Any, change: Change) -> bool:
    cls, apply, event = change
    substate: Any = None
    try:
        substate = await state.get_state(cls)
        result = apply(substate, event)
        if inspect.isawaitable(result):
            await result
    except Exception:
        log.exception("Could not apply a change")
        # A list that has received all its events is not re-read with its page; this one must be.
        if (mark_stale := getattr(substate, "_mark_stale", None)) is not None:
            mark_stale()
        return False
    return True
