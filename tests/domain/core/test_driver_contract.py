"""What the project relies on in MongoDB's driver, and what would break without it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pymongo
import pytest
from pymongo.errors import AutoReconnect, PyMongoError

from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.driver import adapter
from instagram_clone.domain.core.outbox import Transaction, Write
from tests.contract import relied_on, untested

PYMONGO = "pymongo"


class Relay:
    """A proxy to MongoDB that can withhold its replies. `requests` holds everything sent to it."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._ends: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._may_reply = asyncio.Event()
        self._may_reply.set()
        self.requests = bytearray()
        self._cut_after = b""

    def withhold_replies(self) -> None:
        """Withhold replies from now on."""
        self._may_reply.clear()

    def resume_replies(self) -> None:
        """Forward replies again."""
        self._may_reply.set()

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Proxy a connection."""
        up, down = await asyncio.open_connection(self._host, self._port)
        self._ends += [writer, down]
        for forwarding in (self._forward(reader, down), self._forward(up, writer, are_replies=True)):
            self._tasks.add(asyncio.create_task(forwarding))

    async def _forward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, are_replies: bool = False
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if are_replies:
                    await self._may_reply.wait()
                else:
                    self.requests += data
                writer.write(data)
                if not are_replies and self._cut_after and self._cut_after in data:
                    self._cut_after = b""
                    await writer.drain()
                    self.cut()
            writer.close()

    def cut_after(self, marker: bytes) -> None:
        """Break every connection once a request containing these bytes is sent, before its reply."""
        self._cut_after = marker

    def cut(self) -> None:
        """Break every connection."""
        for end in self._ends:
            end.transport.abort()

    def close(self) -> None:
        """Stop forwarding."""
        self.cut()
        for task in self._tasks:
            task.cancel()


@pytest.fixture
async def relay(database: None, mongo_uri: str) -> AsyncIterator[Relay]:
    """A proxy that every command of the test goes through."""
    parts = urlsplit(mongo_uri)
    assert parts.hostname and parts.port
    proxy = Relay(parts.hostname, parts.port)
    server = await asyncio.start_server(proxy.connect, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await db.close()
    uri = parts._replace(netloc=parts.netloc.replace(f":{parts.port}", f":{port}"), query="").geturl()
    await db.connect(uri, "tests", directConnection=True)
    yield proxy
    proxy.resume_replies()
    await db.close()
    server.close()
    proxy.close()


async def ping() -> Any:
    """Send MongoDB one command; the driver retries by itself only reads such as `find`."""
    return await db.users.database.command("ping")


async def pending_ping() -> tuple[asyncio.Task[Any], Any]:
    """Return a task waiting for a reply, and the cancellation context of its connection."""
    topology: Any = await db.users.database.client._get_topology()
    [server] = topology._servers.values()
    task = asyncio.create_task(ping())
    while not (contexts := server.pool.active_contexts):  # noqa: ASYNC110
        await asyncio.sleep(0)
    [context] = contexts
    return task, context


@relied_on(
    PYMONGO,
    adapter.wait_without_tasks,
    "a connection awaits its reply with `async_receive_message`, looked up in its pool's module",
    "each command starts two tasks and takes a quarter longer",
)
async def test_a_reply_is_awaited_without_a_task(database: None) -> None:
    await ping()
    tasks: list[str] = []

    def record(loop: asyncio.AbstractEventLoop, coro: Any, **kwargs: Any) -> asyncio.Task[Any]:
        tasks.append(coro.__qualname__)
        return asyncio.Task(coro, loop=loop, **kwargs)

    loop = asyncio.get_running_loop()
    loop.set_task_factory(record)
    try:
        await ping()
    finally:
        loop.set_task_factory(None)
    assert "PyMongoProtocol.read" not in tasks and "_poll_cancellation" not in tasks


@relied_on(
    PYMONGO,
    adapter.wait_without_tasks,
    "reading from a connection raises once its protocol is closed",
    "a command whose server has died never returns",
)
async def test_a_reply_that_can_no_longer_arrive_is_not_awaited(relay: Relay) -> None:
    await ping()
    relay.withhold_replies()
    task, _ = await pending_ping()
    relay.cut()
    with pytest.raises(AutoReconnect):
        await task
    relay.resume_replies()
    assert (await ping())["ok"]


@relied_on(
    PYMONGO,
    adapter.wait_without_tasks,
    "a connection's `cancel_context` shows when it was given up, and closing its protocol ends the wait",
    "commands to a server that hangs never return",
)
async def test_a_reply_is_no_longer_awaited_once_its_server_was_given_up(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "CHECK_SECONDS", 0.01)
    await ping()
    relay.withhold_replies()
    task, context = await pending_ping()
    context.cancel()
    with pytest.raises(AutoReconnect, match="cancelled"):
        await task
    relay.resume_replies()
    assert (await ping())["ok"]


@relied_on(
    PYMONGO,
    adapter.wait_without_tasks,
    "a connection is closed when its caller stops waiting for the reply",
    "the next command on it receives the reply to another one",
)
async def test_an_abandoned_reply_does_not_reach_another_command(relay: Relay) -> None:
    await db.users.insert_one({"_id": "one"})
    relay.withhold_replies()
    task, _ = await pending_ping()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    relay.resume_replies()
    assert await db.users.find_one({"_id": "one"}) == {"_id": "one"}


@relied_on(
    PYMONGO,
    adapter.wait_without_tasks,
    "`_csot.get_timeout` returns what `pymongo.timeout` has set",
    "a command with a time limit may never return",
)
async def test_a_reply_is_not_awaited_beyond_its_time_limit(relay: Relay) -> None:
    await ping()
    relay.withhold_replies()
    with pytest.raises(PyMongoError) as raised, pymongo.timeout(0.1):
        await ping()
    assert raised.value.timeout
    relay.resume_replies()


LAST_WRITES = (
    Write("recents", [{"q": {"_id": "one"}, "u": {"$inc": {"times": 1}}}], updates=True),
    Write("recents", [{"_id": "two"}]),
)


def start_last_writes() -> asyncio.Task[Any]:
    """Start a transaction that ends with two writes."""

    async def work(transaction: Transaction) -> None:
        transaction.write_last(*LAST_WRITES)

    return asyncio.create_task(outbox.commit_undelivered(work))


async def write_counts() -> tuple[int, int]:
    """Return how many times the first and the second of those writes were made."""
    [row] = await db.recents.find({"_id": "one"}).to_list()
    return row["times"], await db.recents.count_documents({"_id": "two"})


@relied_on(
    PYMONGO,
    adapter.finish_pipelined,
    "`_op_msg` builds what `send_message` sends, and `_run_command` can read without sending",
    "the last writes of a transaction wait for each other, and sending a message takes a fifth longer",
)
async def test_the_last_writes_are_sent_together_and_the_commit_after_both_replies(relay: Relay) -> None:
    await db.recents.insert_one({"_id": "one", "times": 0})
    relay.withhold_replies()
    relay.requests.clear()
    task = start_last_writes()
    while not (b"updates" in relay.requests and b"documents" in relay.requests):  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert b"commitTransaction" not in relay.requests
    relay.resume_replies()
    await task
    assert b"commitTransaction" in relay.requests and b"abortTransaction" not in relay.requests
    assert await write_counts() == (1, 1)


@relied_on(
    PYMONGO,
    adapter.finish_pipelined,
    "`with_transaction` commits what its callback left uncommitted, and retries until the outcome is known",
    "a change that was stored is reported as failed, or is stored twice",
)
async def test_a_commit_whose_reply_is_lost_is_retried(relay: Relay) -> None:
    await db.recents.insert_one({"_id": "one", "times": 0})
    relay.cut_after(b"commitTransaction")
    await start_last_writes()
    assert await write_counts() == (1, 1)


@relied_on(
    PYMONGO,
    adapter.finish_pipelined,
    "`with_transaction` starts over if a connection breaks during a transaction",
    "a message is lost with the connection",
)
async def test_last_writes_whose_replies_are_lost_are_retried(relay: Relay) -> None:
    await db.recents.insert_one({"_id": "one", "times": 0})
    relay.cut_after(b"documents")
    await start_last_writes()
    assert await write_counts() == (1, 1)


@relied_on(
    PYMONGO,
    adapter.finish_pipelined,
    "a connection is closed when its caller stops waiting for one of several replies",
    "the next command on it receives the reply to another one",
)
async def test_abandoned_replies_do_not_reach_another_command(relay: Relay) -> None:
    await db.recents.insert_one({"_id": "one", "times": 0})
    relay.withhold_replies()
    relay.requests.clear()
    task = start_last_writes()
    while b"documents" not in relay.requests:  # noqa: ASYNC110
        await asyncio.sleep(0)
    task.cancel()
    relay.resume_replies()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await write_counts() == (0, 0)


def test_everything_in_the_adapter_says_what_it_relies_on() -> None:
    assert untested(adapter) == set()
