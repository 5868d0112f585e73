"""Two workers, and people spread over them: ana's tabs hang on the one, ben's on the other."""

from __future__ import annotations

import pickle
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page
from redis import Redis

from instagram_clone.domain.core.viewer import Viewer
from tests.attacks.conftest import Field, snapshot
from tests.attacks.conftest import field as alone
from tests.client import RawTab
from tests.conftest import DATA
from tests.flows.conftest import Stage, backstage, browser
from tests.flows.conftest import stage as single
from tests.redis_server import RedisServer
from tests.server import Server, running

__all__ = ["alone", "backstage", "browser", "single", "snapshot"]
TRIES = 40


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    """A Redis of the tests' own."""
    made = RedisServer(DATA)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def server(mongo_uri: str, redis: RedisServer) -> Iterator[Server]:
    """The app as two processes; its MongoDB is one that it is told of."""
    more = {"MONGODB_URI": mongo_uri, "REDIS_URL": redis.url, "WORKERS": "2"}
    with running(DATA, "flows", **more) as served:
        yield served


@dataclass
class Spread:
    """Whose tabs hang on which worker. Reflex notes in Redis which process holds a tab's socket."""

    redis: RedisServer
    workers: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)

    def fits(self, viewer: Viewer, token: str) -> bool:
        """Tell whether a tab of somebody's hangs where theirs shall: each on the other than the last."""
        found = Redis.from_url(self.redis.url).get(f"token_manager_socket_record_{token}")
        if found is None:
            return False
        worker = pickle.loads(found).instance_id  # noqa: S301
        if worker not in self.workers:
            self.workers.append(worker)
        if viewer.id not in self.people:
            self.people.append(viewer.id)
        return self.workers[-2:].index(worker) == self.people.index(viewer.id) % 2


class SpreadStage(Stage):
    """Opens each tab again until it hangs on its person's worker."""

    spread: Spread

    def open_tab(self, viewer: Viewer | None, path: str = "/", **options: Any) -> Page:
        page = super().open_tab(viewer, path, **options)
        for _ in range(TRIES if viewer else 0):
            assert viewer is not None
            page.get_by_role("main").wait_for()
            page.wait_for_timeout(400)
            token = page.evaluate("sessionStorage.getItem('token')")
            if token and self.spread.fits(viewer, token):
                break
            page.reload()
        else:
            assert viewer is None, "the tab never came to its worker"
        return page


@pytest.fixture
def stage(single: Stage, redis: RedisServer) -> Stage:
    """An empty town whose people are spread over both workers."""
    single.__class__ = SpreadStage
    single.spread = Spread(redis)  # pyright: ignore[reportAttributeAccessIssue]
    return single


class SpreadField(Field):
    """Opens each raw tab again until it hangs on its person's worker."""

    spread: Spread

    async def tab(self, viewer: Viewer | None = None, **more: object) -> RawTab:
        tab = await super().tab(viewer, **more)
        for _ in range(TRIES if viewer else 0):
            assert viewer is not None
            if self.spread.fits(viewer, tab.token):
                break
            await tab.close()
            tab = await super().tab(viewer, **more)
        return tab


@pytest.fixture
async def field(alone: Field, redis: RedisServer) -> AsyncIterator[Field]:
    """A field of attack whose people are spread over both workers."""
    alone.__class__ = SpreadField
    alone.spread = Spread(redis)  # pyright: ignore[reportAttributeAccessIssue]
    yield alone
