"""What a page begins with, as one event of its tab: for each event its state is found, locked, compared
and sent, which takes longer than most of what is read.
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
from instagram_clone.web.access import is_at_once, is_beside


async def load(state: BaseState, loaders: list[Loader]) -> AsyncIterator[Any]:
    """Call the handlers of a page one after another, or neighbours that are marked so `at_once`, each as if
    it had come by itself.

    Who asks is verified for each, and one that fails keeps none of the others from being called.
    """
    for together, group in itertools.groupby(loaders, lambda loader: is_at_once(loader[1])):
        if together:
            # Parts of the state are found one after another: two who look for one would make it twice.
            calls = [await _admitted(state, loader) for loader in group]
            for event in await asyncio.gather(*(_done(state, call) for call in calls)):
                if event is not None:
                    yield event
            continue
        for loader in group:
            if is_beside(loader[1]):
                yield None
            event = await _done(state, await _admitted(state, loader))
            if event is not None:
                yield event


async def _admitted(state: BaseState, loader: Loader) -> Callable[[], Any]:
    """Return what calls a handler for whoever is asking, verified now; nothing where they may not."""
    owner, handler = loader
    try:
        if await guard.admits(state, handler):
            return functools.partial(handler, await state.get_state(owner))
    except Exception as error:
        notices.explain(error, live.token_of(state))
    return lambda: None


async def _done(state: BaseState, call: Callable[[], Any]) -> Any:
    try:
        event = call()
        return await event if inspect.isawaitable(event) else event
    except Exception as error:
        notices.explain(error, live.token_of(state))
        return None
