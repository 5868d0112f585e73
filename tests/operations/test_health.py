"""What the app reports while MongoDB or Redis is down or hangs: the truth, quickly, and in sentences."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import PASSWORD, picture
from tests.mongod.disks import full, small_disk
from tests.mongod.embedded import hanging, keeper, kill, running, wait_for
from tests.mongod.embedded import server as mongod_of
from tests.redis_server import RedisServer
from tests.server import PATIENCE_SECONDS, Server
from tests.server import running as served

pytestmark = pytest.mark.starves

SOON_SECONDS = 10
"""Far less than a driver waits, and more than the app does, on two cores shared by four processes."""

HEALTHY = {"status": "ok", "down": []}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("health")


@pytest.fixture(scope="module")
def redis(data: Path) -> Iterator[RedisServer]:
    made = RedisServer(data)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def photos(data: Path) -> Iterator[Path]:
    """The disk where photos are stored."""
    with small_disk(data / "photos", 16) as disk:
        yield disk


@pytest.fixture(scope="module")
def app(data: Path, redis: RedisServer, photos: Path) -> Iterator[Server]:
    """One process, with its own database and a Redis."""
    more = {"REDIS_URL": redis.url, "WORKERS": "1", "MEDIA_URL": photos.as_uri()}
    with served(data, "health", **more) as app:
        yield app
    wait_for(lambda: not running(mongod_of(data / "mongo")))


@pytest.fixture
def client(app: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url, headers={"origin": app.url}, timeout=PATIENCE_SECONDS) as client:
        becomes(client, 200)
        yield client


@contextlib.contextmanager
def away(folder: Path) -> Iterator[None]:
    """Stop the database server, and keep its supervisor from starting another."""
    with hanging(keeper(folder)):
        kill(mongod_of(folder))
        yield


def becomes(client: httpx.Client, status: int, *down: str) -> None:
    """Wait until the app reports this status. Every check must get an answer quickly."""

    def says() -> bool:
        answer = client.get("/_health", timeout=SOON_SECONDS)
        assert answer.headers["cache-control"] == "no-store"
        return (answer.status_code, answer.json()["down"]) == (status, list(down))

    wait_for(says)


def is_alive(client: httpx.Client) -> bool:
    return client.get("/ping", timeout=SOON_SECONDS).status_code == 200


def test_a_process_that_can_serve_says_so(client: httpx.Client) -> None:
    becomes(client, 200)
    wait_for(lambda: client.get("/_health").json() == HEALTHY)


def test_a_database_that_hangs_is_named_while_the_process_lives(client: httpx.Client, data: Path) -> None:
    with hanging(mongod_of(data / "mongo")):
        becomes(client, 503, "MongoDB")
        assert is_alive(client)
    becomes(client, 200)


def test_a_database_that_is_gone_is_named_until_it_is_back(client: httpx.Client, data: Path) -> None:
    with away(data / "mongo"):
        becomes(client, 503, "MongoDB")
        assert is_alive(client)
    becomes(client, 200)


def test_a_redis_that_hangs_or_is_gone_is_named(client: httpx.Client, redis: RedisServer) -> None:
    with redis.asleep():
        becomes(client, 503, "Redis")
    becomes(client, 200)
    redis.stop()
    becomes(client, 503, "Redis")
    redis.start()
    becomes(client, 200)


def test_whatever_is_asked_without_a_database_is_answered_in_a_sentence(
    client: httpx.Client, data: Path
) -> None:
    form = {"login": "ana", "password": PASSWORD, "next": ""}
    page = {"accept": "text/html"}
    token = {"cookie": "session=" + "x" * 40}
    with away(data / "mongo"):
        for path in ("/ana", "/p/" + "0" * 24):
            answer = client.get(path, headers=page)
            assert answer.status_code == 503 and "One moment" in answer.text, path
        answers = [
            client.post("/api/login", json=form),
            client.post(
                "/api/signup", json={**form, "email": "a@example.com", "name": "A", "username": "ann"}
            ),
            client.get("/media/" + "a" * 22 + "/320", headers=token),
        ]
        for answer in answers:
            assert answer.status_code == 503 and answer.headers["retry-after"] == "3", answer.url
            assert answer.json()["alert"].endswith("Try again in a moment."), answer.url
        answer = client.post("/api/login", data=form, headers=page)
        assert answer.status_code == 503 and "Try again in a moment." in answer.text
        assert 'href="/login"' in answer.text


def test_a_page_that_a_hanging_database_keeps_waiting_is_answered_all_the_same(
    client: httpx.Client, data: Path
) -> None:
    with hanging(mongod_of(data / "mongo")):
        answer = client.get("/ana", headers={"accept": "text/html"})
        assert answer.status_code == 503 and "One moment" in answer.text


def test_a_photo_that_the_disk_has_no_room_for_is_refused_in_a_sentence(
    client: httpx.Client, photos: Path
) -> None:
    name = f"ana{secrets.token_hex(4)}"
    form = {
        "email": f"{name}@example.com",
        "name": "Ana",
        "username": name,
        "password": PASSWORD,
        "next": "",
    }
    assert client.post("/api/signup", json=form).status_code == 200
    with full(photos):
        answer = client.post("/api/media", content=picture())
        assert answer.status_code == 503, answer.text
        assert answer.json()["error"].endswith("Try again in a moment.")
    assert client.post("/api/media", content=picture()).status_code == 200
