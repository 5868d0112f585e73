"""Two processes of the app, with people spread over them: ana's tabs connect to one, ben's to the other."""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page
from redis import Redis

from instagram_clone.domain.core.viewer import Viewer
from tests.attacks.conftest import Field, snapshot
from tests.attacks.conftest import field as single_field
from tests.client import RawTab
from tests.conftest import DATA
from tests.flows.conftest import Stage, backstage
from tests.flows.conftest import stage as single_stage
from tests.redis_server import RedisServer
from tests.server import Server, running

__all__ = ["backstage", "single_field", "single_stage", "snapshot"]
TRIES = 40


class Pair(Server):
    """Two processes like two workers, but each on its own port, so that a tab can be sent to the right one.

    Anything that belongs to no person goes to the second, which is not where the first person's tabs are.
    """

    def __init__(self, first: Server, second: Server, **workers: str) -> None:
        self.both = first, second
        self.port, self.url, self.socket_url = second.port, second.url, second.socket_url
        self.given = workers

    @contextlib.contextmanager
    def suspended(self) -> Iterator[None]:
        with self.both[0].suspended(), self.both[1].suspended():
            yield

    def kill(self) -> None:
        for one in self.both:
            one.kill()

    def start(self) -> None:
        for one in self.both:
            one.start()


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    """A Redis just for the tests."""
    server = RedisServer(DATA)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def workers(mongo_uri: str, redis: RedisServer) -> dict[str, str]:
    """The settings of an app that runs as two processes, with an external MongoDB."""
    return {"MONGODB_URI": mongo_uri, "REDIS_URL": redis.url, "WORKERS": "2"}


@pytest.fixture(scope="session")
def server(workers: dict[str, str]) -> Iterator[Server]:
    """The app as two processes; a server started with its `given` settings runs two workers instead."""
    alone = {**workers, "WORKERS": "1"}
    with running(DATA, "flows", **alone) as first, running(DATA, "flows", **alone) as second:
        yield Pair(first, second, **workers)


@dataclass
class Spread:
    """Which process holds whose tabs. Reflex records in Redis which one holds a tab's socket."""

    redis: RedisServer
    workers: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)

    def side(self, viewer: Viewer) -> int:
        """Return which of the two somebody's tabs belong on, alternating from person to person."""
        if viewer.id not in self.people:
            self.people.append(viewer.id)
        return self.people.index(viewer.id) % 2

    def fits(self, viewer: Viewer, token: str) -> bool:
        """Return whether the right one of the last two workers seen holds somebody's tab."""
        record = Redis.from_url(self.redis.url).get(f"token_manager_socket_record_{token}")
        if record is None:
            return False
        worker = pickle.loads(record).instance_id  # noqa: S301
        if worker not in self.workers:
            self.workers.append(worker)
        return self.workers[-2:].index(worker) == self.side(viewer)


class SpreadStage(Stage):
    """Opens each tab on its person's process; if workers share a port, reloads it until it lands there."""

    spread: Spread

    def open_tab(self, viewer: Viewer | None, path: str = "/", **options: Any) -> Page:
        if viewer is None:
            return super().open_tab(None, path, **options)
        if isinstance(self.server, Pair):
            pair, self.server = self.server, self.server.both[self.spread.side(viewer)]
            try:
                return super().open_tab(viewer, path, **options)
            finally:
                self.server = pair
        page = super().open_tab(viewer, path, **options)
        for _ in range(TRIES):
            page.get_by_role("main").wait_for()
            page.wait_for_timeout(400)
            token = page.evaluate("sessionStorage.getItem('token')")
            if token and self.spread.fits(viewer, token):
                return page
            page.reload()
        raise AssertionError("the tab was never opened on its own worker")


@pytest.fixture
def stage(single_stage: Stage, redis: RedisServer) -> Stage:
    """An empty town whose people are spread over both processes."""
    single_stage.__class__ = SpreadStage
    single_stage.spread = Spread(redis)  # pyright: ignore[reportAttributeAccessIssue]
    return single_stage


class SpreadField(Field):
    """Opens each raw tab on its person's process."""

    pair: Pair
    spread: Spread

    def server_for(self, viewer: Viewer | None) -> Server:
        return self.pair.both[self.spread.side(viewer)] if viewer else self.pair


@pytest.fixture
async def field(single_field: Field, redis: RedisServer) -> AsyncIterator[Field]:
    """A field whose people are spread over both processes, which must still be up after the attack."""
    assert isinstance(single_field.server, Pair)
    single_field.__class__ = SpreadField
    single_field.pair, single_field.spread = single_field.server, Spread(redis)  # pyright: ignore[reportAttributeAccessIssue]
    yield single_field
    first = single_field.pair.both[0]  # pyright: ignore[reportAttributeAccessIssue]
    witness = await RawTab.open(first.socket_url, first.url)
    await witness.until(lambda: bool(witness.frames))
    await witness.close()
