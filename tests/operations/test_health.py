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

RESPONSE_SECONDS = 10
"""Far less than a driver waits, and more than the app does, on two cores shared by five processes."""

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
        wait_for_status(client, 200)
        yield client


@contextlib.contextmanager
def mongod_down(folder: Path) -> Iterator[None]:
    """Stop the database server, and keep its supervisor from starting another."""
    with hanging(keeper(folder)):
        kill(mongod_of(folder))
        yield


def wait_for_status(client: httpx.Client, status: int, *down: str) -> None:
    """Wait until the app reports this status. Every check must get an answer quickly."""

    def has_status() -> bool:
        response = client.get("/_health", timeout=RESPONSE_SECONDS)
        assert response.headers["cache-control"] == "no-store"
        return (response.status_code, response.json()["down"]) == (status, list(down))

    wait_for(has_status)


def is_alive(client: httpx.Client) -> bool:
    return client.get("/ping", timeout=RESPONSE_SECONDS).status_code == 200


def test_a_healthy_process_reports_so(client: httpx.Client) -> None:
    wait_for_status(client, 200)
    wait_for(lambda: client.get("/_health").json() == HEALTHY)


def test_a_hanging_database_is_reported_while_the_process_lives(client: httpx.Client, data: Path) -> None:
    with hanging(mongod_of(data / "mongo")):
        wait_for_status(client, 503, "MongoDB")
        assert is_alive(client)
    wait_for_status(client, 200)


def test_a_stopped_database_is_reported_until_it_is_back(client: httpx.Client, data: Path) -> None:
    with mongod_down(data / "mongo"):
        wait_for_status(client, 503, "MongoDB")
        assert is_alive(client)
    wait_for_status(client, 200)


def test_a_hanging_or_stopped_redis_is_reported(client: httpx.Client, redis: RedisServer) -> None:
    with redis.suspended():
        wait_for_status(client, 503, "Redis")
    wait_for_status(client, 200)
    redis.stop()
    wait_for_status(client, 503, "Redis")
    redis.start()
    wait_for_status(client, 200)


def test_without_a_database_every_request_is_answered_with_a_sentence(
    client: httpx.Client, data: Path
) -> None:
    form = {"login": "ana", "password": PASSWORD, "next": ""}
    page = {"accept": "text/html"}
    token = {"cookie": "session=" + "x" * 40}
    with mongod_down(data / "mongo"):
        for path in ("/ana", "/p/" + "0" * 24):
            response = client.get(path, headers=page)
            assert response.status_code == 503 and "One moment" in response.text, path
        responses = [
            client.post("/api/login", json=form),
            client.post(
                "/api/signup", json={**form, "email": "a@example.com", "name": "A", "username": "ann"}
            ),
            client.get("/media/" + "a" * 22 + "/320", headers=token),
        ]
        for response in responses:
            assert response.status_code == 503 and response.headers["retry-after"] == "3", response.url
            assert response.json()["alert"].endswith("Try again in a moment."), response.url
        response = client.post("/api/login", data=form, headers=page)
        assert response.status_code == 503 and "Try again in a moment." in response.text
        assert 'href="/login"' in response.text


def test_a_page_is_answered_although_the_database_hangs(client: httpx.Client, data: Path) -> None:
    with hanging(mongod_of(data / "mongo")):
        response = client.get("/ana", headers={"accept": "text/html"})
        assert response.status_code == 503 and "One moment" in response.text


def test_a_photo_is_refused_with_a_sentence_when_the_disk_is_full(
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
        response = client.post("/api/media", content=picture())
        assert response.status_code == 503, response.text
        assert response.json()["error"].endswith("Try again in a moment.")
    assert client.post("/api/media", content=picture()).status_code == 200
