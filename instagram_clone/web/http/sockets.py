"""Limits on how many sockets an address or an account may have, and how often it may open one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from starlette.types import Scope

from instagram_clone.addresses import ConcurrencyLimit, limit_key
from instagram_clone.config import settings
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.rates import Buckets
from instagram_clone.web.http.client import address_of

BURST = 200
PER_SECOND = 0.5
"""After a restart, everybody behind one address reconnects at once; otherwise, people open few tabs.
A tab's state, 0.2 MB, is kept for an hour after it closes: limiting the rate bounds that memory, too."""

_open = ConcurrencyLimit()
_opening = Buckets(BURST, PER_SECOND)


@contextlib.contextmanager
def slot(scope: Scope, viewer: Viewer | None) -> Iterator[bool]:
    """Count a socket while it is open; yields whether it is within the limits."""
    if not settings().limits:
        yield True
        return
    address = f"address {limit_key(address_of(scope))}"
    wanted = [(address, settings().sockets_per_address)]
    if viewer is not None:
        wanted.append((f"account {viewer.id}", settings().sockets_per_account))
    with contextlib.ExitStack() as slots:
        granted = _opening.take(wanted[-1][0])
        for key, limit in wanted if granted else ():
            granted = _open.take(key, limit)
            if not granted:
                break
            slots.callback(_open.give_back, key)
        yield granted
