"""The running app, a town in its database, and raw tabs that follow no rules."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.credentials import passwords, sessions
from instagram_clone.web import cookies
from tests.client import RawTab
from tests.conftest import PASSWORD
from tests.server import PATIENCE_SECONDS, Server


@dataclass
class Field:
    """The app under attack, and the raw tabs connected to it."""

    server: Server
    tabs: list[RawTab]

    def http(self, **more: Any) -> httpx.AsyncClient:
        """Return a client that sends requests like the app's own pages, with a generous timeout."""
        return httpx.AsyncClient(
            base_url=self.server.url,
            **{"headers": {"Origin": self.server.url}, "timeout": PATIENCE_SECONDS, **more},
        )

    async def join(self, username: str) -> Viewer:
        """Sign somebody up directly, without the web."""
        user_id = await accounts.sign_up(
            f"{username}@example.com", username.title(), username, PASSWORD, username
        )
        return Viewer(user_id, username, "")

    async def cookie(self, viewer: Viewer) -> str:
        """Return a fresh session cookie for somebody."""
        return f"{cookies.NAME}={await sessions.start(viewer.id, 'Raw')}"

    async def log_out(self, token: str) -> None:
        """End a session as its browser would."""
        async with self.http(cookies={cookies.NAME: token}) as client:
            response = await client.post("/api/logout")
            assert response.status_code == 303

    async def tab(self, viewer: Viewer | None = None, **more: object) -> RawTab:
        """Open a raw tab, signed in as somebody or as a visitor."""
        if viewer is not None:
            more.setdefault("cookie", await self.cookie(viewer))
        server = self.server_for(viewer)
        more.setdefault("origin", server.url)
        tab = await RawTab.open(server.socket_url, **more)  # pyright: ignore[reportArgumentType]
        self.tabs.append(tab)
        return await tab.settle()

    def server_for(self, viewer: Viewer | None) -> Server:
        """Return the server that somebody's tabs connect to."""
        return self.server


@pytest.fixture
async def field(server: Server, mongo_uri: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Field]:
    """An empty town in the running app, which must still be up when the attack is over."""
    monkeypatch.setattr(passwords, "COST", 4)
    await db.connect(mongo_uri, "flows")
    await db.clear()
    field = Field(server, [])
    yield field
    for tab in field.tabs:
        await tab.close()
    await drained()
    witness = await RawTab.open(server.socket_url, server.url)
    await witness.until(lambda: bool(witness.frames))  # the server still answers
    await witness.close()
    await db.close()


async def drained() -> None:
    """Wait until all follow-up work in the outbox is done."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await db.outbox.find_one({"aside": {"$ne": True}}):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


Snapshot = Callable[[], Awaitable[dict[str, list]]]


@pytest.fixture
def snapshot() -> Snapshot:
    """Everything the database holds that an attack must not change."""

    async def take() -> dict[str, list]:
        return {
            name: await db.__getattr__(name).find({}, {"seen": 0, "expires": 0}).sort("_id", 1).to_list()
            for name in (
                *("users", "posts", "likes", "comments", "comment_likes", "follows", "media"),
                *("blocks", "conversations", "messages", "follow_requests", "saves", "dismissals"),
            )
        }

    return take
