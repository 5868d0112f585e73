"""A real MongoDB, a fresh database for every test, and the cast: ana, ben and cleo."""

from __future__ import annotations

import dataclasses
import io
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from PIL import Image

from tests.browsers.profiles import Chromium
from tests.mailbox import Mailbox, mailbox
from tests.server import RUN, Server, running

TESTS = Path(__file__).parent
DATA = RUN / str(os.getpid())
DATA.mkdir()
os.environ.update(DATA_DIR=str(DATA), LIMITS="on", PUBLIC_URL="http://localhost:3000")
for name in (
    "MONGODB_URI",
    "DATABASE",
    "JWT_SECRET",
    "MEDIA_URL",
    "REDIS_URL",
    "SIGN_UP",
    "SMTP_URL",
    "MAIL_FROM",
):
    os.environ.pop(name, None)

from instagram_clone import mongod  # noqa: E402
from instagram_clone.domain.core import (  # noqa: E402
    db,
    events,
    outbox,
)
from instagram_clone.domain.core.outbox import worker  # noqa: E402
from instagram_clone.domain.core.viewer import Viewer  # noqa: E402
from instagram_clone.domain.media import (  # noqa: E402
    drafts,
)
from instagram_clone.domain.notifications.events import AlertsChanged  # noqa: E402
from instagram_clone.domain.people import accounts  # noqa: E402
from instagram_clone.domain.people.credentials import (  # noqa: E402
    mails,
    passwords,
    sessions,
)
from instagram_clone.domain.people.events import SightLost, SightRegained  # noqa: E402
from instagram_clone.domain.posts import (  # noqa: E402
    posts,
)

# In tests a domain call returns once all its follow-up work is done, however busy the machine is.
worker.PATIENCE_SECONDS = 60

PASSWORD = "four oranges in a bowl"

# On a busy machine, neither an example nor its generation is at fault for taking long.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def _data() -> Iterator[None]:
    yield
    mongod.release(DATA / "mongo")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of tests that kill or starve processes and sockets."""
    config.addinivalue_line("markers", "starves: kills, hangs or starves real processes or sockets")


WORKING = ("domain", "flows", "web", "live", "architecture")
WAITING = ("workers", "mongod", "operations", "runtime", "attacks")
"""Folders whose tests mostly wait for processes, sockets and pauses; the others keep processors busy."""

SLOW = 8
"""A test that drives browsers or starves processes takes about as long as this many others."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Retry tests that drive browsers or starve processes, once. The summary shows what failed first.

    Files that mostly wait are spread among the busy ones, so that the processes sharing them have some of
    both at any time. In each folder, the files closest to its root come first, because they take longest.
    """
    weights: dict[Path, int] = {}
    for item in items:
        slow = _folder(item.path) in ("flows", "workers") or item.get_closest_marker("starves")
        if slow:
            item.add_marker(pytest.mark.flaky(reruns=1))
        weights[item.path] = weights.get(item.path, 0) + (SLOW if slow else 1)
    places: dict[Path, float] = {}
    for folders in (WORKING, WAITING):
        files = [path for path in weights if _folder(path) in folders]
        files.sort(key=lambda path: (folders.index(_folder(path)), len(path.parts)))
        before, total = 0, sum(weights[path] for path in files)
        for path in files:
            places[path] = before / total
            before += weights[path]
    items.sort(key=lambda item: places.get(item.path, 1))


def _folder(path: Path) -> str:
    return path.relative_to(TESTS).parts[0]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Clean up, once for all processes that share the work."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(RUN, ignore_errors=True)


@pytest.fixture(scope="session")
def mongo_uri() -> str:
    """The URI of the tests' own MongoDB."""
    return mongod.lease(DATA / "mongo")


@pytest.fixture(scope="session")
def post_office() -> Iterator[Mailbox]:
    """Where the running app's mail arrives."""
    with mailbox() as box:
        yield box


@pytest.fixture(scope="session")
def server(mongo_uri: str, post_office: Mailbox) -> Iterator[Server]:
    """The app, built and served once for all tests that need it running."""
    with running(DATA, "flows", SMTP_URL=post_office.url) as served:
        yield served


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The browser shared by all tests that drive one."""
    made = Chromium()
    yield made
    made.close()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def database(mongo_uri: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A connected, empty database, with cheap password hashing."""
    monkeypatch.setattr(passwords, "COST", 4)
    monkeypatch.setattr(
        passwords, "_DUMMY_HASH", passwords.bcrypt.hashpw(b"x", passwords.bcrypt.gensalt(4))
    )
    await db.connect(mongo_uri, "tests")
    await db.clear()
    yield
    await mails.settle()
    # Work left over from a test would disturb the next one. Some tests leave work that never ends.
    await outbox.settle(5)
    await db.close()


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[events.Event]:
    """Every event published during the test, in order."""
    received: list[events.Event] = []
    publish = events.publish

    async def spy(event: events.Event) -> None:
        received.append(event)
        await publish(event)

    monkeypatch.setattr(events, "publish", spy)
    return received


def without_alerts(received: list[events.Event]) -> list[events.Event]:
    """Return what was published, except events that only follow from it: notifications and visibility."""
    return [event for event in received if not isinstance(event, AlertsChanged | SightLost | SightRegained)]


async def join(username: str, name: str = "") -> Viewer:
    """Sign a person up and log them in."""
    user_id = await accounts.sign_up(
        f"{username}@example.com", name or username.title(), username, PASSWORD, username
    )
    viewer = await sessions.viewer(await sessions.start(user_id, "Firefox/1 Linux"))
    assert viewer is not None
    return viewer


@pytest.fixture
async def ana(database: None) -> Viewer:
    return await join("ana")


@pytest.fixture
async def ben(database: None) -> Viewer:
    return await join("ben")


@pytest.fixture
async def cleo(database: None) -> Viewer:
    return await join("cleo")


def picture(width: int = 256, height: int = 320, colour: str = "teal", kind: str = "JPEG") -> bytes:
    """Return a small plain picture file."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind)
    return out.getvalue()


def file_of(content: bytes) -> Path:
    """Write bytes to where an upload would be."""
    descriptor, name = tempfile.mkstemp(dir=DATA)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return Path(name)


async def share(viewer: Viewer, caption: str = "", *, width: int = 256, **more: object) -> str:
    """Publish a small photo, 320 pixels high, and return the post's id."""
    draft = await drafts.store(viewer, file_of(picture(width)))
    return await posts.publish(viewer, draft.id, caption, **more)  # pyright: ignore[reportArgumentType]


Share = Callable[..., Awaitable[str]]


def fields(card: object, *names: str) -> tuple[object, ...]:
    """Return some fields of a dataclass, for short comparisons."""
    return tuple(dataclasses.asdict(card)[name] for name in names)  # pyright: ignore[reportArgumentType]
