"""What a page begins with, as one event of its tab: for each event its state is found, locked, compared
and sent, which takes longer than most of what is read.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from typing import Any

from instagram_clone import live
from instagram_clone.live.reflex_adapter import BaseState
from instagram_clone.runtime.state_adapter import Loader
from instagram_clone.web import guard, notices
from instagram_clone.web.access import is_beside


async def load(state: BaseState, loaders: list[Loader]) -> AsyncIterator[Any]:
    """Call the handlers of a page one after another, each as if it had come by itself.

    Who asks is verified for each, and one that fails keeps none of the others from being called.
    """
    for owner, handler in loaders:
        if is_beside(handler):
            yield None
        event = None
        try:
            if await guard.admits(state, handler):
                event = handler(await state.get_state(owner))
                event = await event if inspect.isawaitable(event) else event
        except Exception as error:
            notices.explain(error, live.token_of(state))
        if event is not None:
            yield event
