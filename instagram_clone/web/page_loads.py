"""Runs all load handlers of a page in a single event: looking up, locking, diffing and sending the state
for each event takes longer than most of the reads.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

from instagram_clone import live
from instagram_clone.live.reflex_adapter import BaseState
from instagram_clone.runtime.state_adapter import Loader
from instagram_clone.web import guard, notices
from instagram_clone.web.access import is_concurrent, is_deferred


async def load(state: BaseState, loaders: list[Loader]) -> AsyncIterator[Any]:
    """Call the load handlers of a page in order, and neighbours marked `concurrent` at the same time,
    each as if it were an event of its own.

    The viewer is verified for each, and one that fails doesn't stop the others.
    """
    for concurrent, group in itertools.groupby(loaders, lambda loader: is_concurrent(loader[1])):
        if concurrent:
            # Substates are looked up sequentially: concurrent lookups could create the same one twice.
            calls = [await _bind(state, loader) for loader in group]
            for event in await asyncio.gather(*(_run(state, call) for call in calls)):
                if event is not None:
                    yield event
            continue
        for loader in group:
            if is_deferred(loader[1]):
                yield None
            event = await _run(state, await _bind(state, loader))
            if event is not None:
                yield event


async def _bind(state: BaseState, loader: Loader) -> Callable[[], Any]:
    """Return the bound call of a handler, or a no-op if the viewer, verified now, may not call it."""
    owner, handler = loader
    try:
        if await guard.admits(state, handler):
            return functools.partial(handler, await state.get_state(owner))
    except Exception as error:
        notices.explain(error, live.token_of(state))
    return lambda: None


async def _run(state: BaseState, call: Callable[[], Any]) -> Any:
    try:
        event = call()
        return await event if inspect.isawaitable(event) else event
    except Exception as error:
        notices.explain(error, live.token_of(state))
        return None
