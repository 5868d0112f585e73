"""A headless tab that behaves as in a browser: it reconnects, reloads, and keeps the newest revision."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import WebSocketException

from instagram_clone.live import fact_keys
from instagram_clone.live.delivery import LiveState
from instagram_clone.web.browser.page.connection import LOST_MS
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.posts.timeline import TimelineState
from tests.client import RawTab, event_name

RETRY_SECONDS, MAX_RETRIES = 0.2, 10
"""The delay before a browser's first retry. It grows by as much with each failure, up to ten times."""

OPEN_SECONDS = 20
LIKE = event_name(TimelineState, "like")
_LIVE = LiveState.get_full_name()
_PAGES = {TimelineState.get_full_name(): "posts_rx_state_", DetailState.get_full_name(): "post_rx_state_"}
_POST, _LIKED, _TAPPED = fact_keys.post_key(""), fact_keys.liked_key(""), fact_keys.optimistic_key("")


@dataclass(frozen=True)
class Planned:
    """A tab to be opened. `address` is the IP address of its device."""

    user_id: str
    cookie: str
    path: str
    address: str


@dataclass
class Shown:
    """What a tab knows about a post; the highest revision wins, as in `web/browser/posts/hearts.py`."""

    rev: int = -1
    likes: int = 0
    own_rev: int = -1
    liked: bool = False
    tapped_rev: int = -2

    def displayed(self) -> tuple[int, bool]:
        """Return how many people like it and whether the viewer does, as shown on the screen."""
        liked = True if self.tapped_rev >= self.own_rev else self.liked
        return max(0, self.likes + liked - self.liked), liked


class StreamingTab(RawTab):
    """A connected tab that stores nothing and passes every message on at once."""

    receive: Callable[[str, Any], None]

    async def _read(self) -> None:
        with contextlib.suppress(Exception):
            async for message in self.socket:
                if message == "2":
                    await self.socket.send("3")
                elif isinstance(message, str) and message.startswith("44"):
                    return  # refused: a browser tries again
                elif isinstance(message, str) and message.startswith("40/_event,"):
                    self._connected.set()
                elif isinstance(message, str) and message.startswith("42/_event,"):
                    self.receive(*json.loads(message[len("42/_event,") :])[:2])


@dataclass
class Tab:
    """A person's tab, which stays on one page for the whole rehearsal."""

    plan: Planned
    url: str
    origin: str
    changed: Callable[[Tab, str, int, int], None]
    answered: Callable[[Tab, str, int], None]
    shown: dict[str, Shown] = field(default_factory=dict)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    gone: list[tuple[float, float]] = field(default_factory=list)
    """The times at which it lost its connection, and at which it had loaded its page again."""
    on_screen: set[str] = field(default_factory=set)
    tries: int = 0
    _token: str = field(default_factory=lambda: secrets.token_hex(16))
    _connected: StreamingTab | None = None
    _connection: str = ""

    async def live(self) -> None:
        """Connect, and reconnect whenever the connection is lost."""
        lost, failed = 0.0, 0
        while True:
            self.tries += 1
            try:
                async with asyncio.timeout(OPEN_SECONDS):
                    connection = await self._open()
            except (OSError, TimeoutError, WebSocketException):
                connection = None
            if connection is not None and await self._read(connection):
                failed = 0
                if lost:
                    self.gone.append((lost, time.monotonic()))
                assert connection._reader is not None
                await connection._reader
                lost = time.monotonic()
                self._on_lost()
            else:
                failed = min(failed + 1, MAX_RETRIES)
                await asyncio.sleep(RETRY_SECONDS * failed)
            if connection is not None:
                connection.socket.transport.abort()

    async def _read(self, connection: StreamingTab) -> bool:
        """Load the page. Returns False if the connection is lost first."""
        connection.receive = self._receive
        assert connection._reader is not None
        self._connected = connection
        reading = asyncio.create_task(self.ready.wait())
        await asyncio.wait((reading, connection._reader), return_when=asyncio.FIRST_COMPLETED)
        reading.cancel()
        return self.ready.is_set()

    def _on_lost(self) -> None:
        self.ready.clear()
        self._connected = None
        for post_id in self.shown:
            self.answered(self, post_id, -1)

    async def like(self, post_id: str) -> None:
        """Tap a heart."""
        post = self.shown[post_id]
        post.tapped_rev = max(post.rev, post.own_rev)
        assert self._connected is not None
        with contextlib.suppress(Exception):
            await self._connected.call(LIKE, {"post_id": post_id}, path=self.plan.path)

    async def _open(self) -> StreamingTab:
        connection = await StreamingTab.open(
            self.url,
            self.origin,
            self.plan.cookie,
            token=self._token,
            path=self.plan.path,
            local_addr=(self.plan.address, 0),
            compression=None,
            proxy=None,
        )
        assert isinstance(connection, StreamingTab)
        return connection

    def _receive(self, kind: str, data: Any) -> None:
        if kind == "new_token":
            self._token = data
        if kind != "event":
            return
        delta = data.get("delta") or {}
        for state, var in _PAGES.items():
            page = delta.get(state, {}).get(var)
            if page:
                self._read_page(page if isinstance(page, list) else [page])
        # Handle the end of a tap last: the same delta may also report that the like was already stored.
        for key, value in sorted(delta.get(_LIVE, {}).items(), key=lambda one: one[0].startswith(_TAPPED)):
            self._receive_fact(key, value)

    def _read_page(self, cards: list[dict[str, Any]]) -> None:
        for card in cards:
            if not card.get("id"):
                continue
            self._set_count(card["id"], card["rev"], card["likes"])
            self._set_own(card["id"], card["rev"], card["liked"])
            self.on_screen.add(card["id"])
            self.ready.set()

    def _receive_fact(self, key: str, value: Any) -> None:
        if key.startswith(_POST):
            self._set_count(key[len(_POST) :], value["rev"], value["likes"])
        elif key.startswith(_LIKED):
            self._set_own(key[len(_LIKED) :], value["rev"], value["liked"])
        elif key == fact_keys.connection_key():
            if self._connection not in ("", value):
                taps = {post_id: post.tapped_rev for post_id, post in self.shown.items()}
                asyncio.get_running_loop().call_later(LOST_MS / 1000, self._forget_lost_taps, taps)
            self._connection = value
        elif key.startswith(_TAPPED) and value is None:
            post_id = key[len(_TAPPED) :]
            self._post(post_id).tapped_rev = -2
            self.answered(self, post_id, -1)

    def _forget_lost_taps(self, taps: dict[str, int]) -> None:
        for post_id, tapped in taps.items():
            if self.shown[post_id].tapped_rev == tapped:
                self.shown[post_id].tapped_rev = -2

    def _set_count(self, post_id: str, rev: int, likes: int) -> None:
        post = self._post(post_id)
        if rev > post.rev:
            self.changed(self, post_id, post.rev, rev)
        if rev >= post.rev:
            post.rev, post.likes = rev, likes

    def _set_own(self, post_id: str, rev: int, liked: bool) -> None:
        post = self._post(post_id)
        if rev >= post.own_rev:
            post.own_rev, post.liked = rev, liked
            if liked:
                self.answered(self, post_id, rev)

    def _post(self, post_id: str) -> Shown:
        return self.shown.setdefault(post_id, Shown())

    def screen(self) -> Iterator[tuple[str, int, bool]]:
        """Yield the posts on screen, with the number of likes of each and whether its heart is full."""
        for post_id in self.on_screen:
            yield post_id, *self.shown[post_id].displayed()
