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
    """A proxy to MongoDB that can withhold its replies. `asked` holds everything sent to it."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._ends: list[asyncio.StreamWriter] = []
        self._carrying: set[asyncio.Task[None]] = set()
        self._speaks = asyncio.Event()
        self._speaks.set()
        self.asked = bytearray()
        self._last_words = b""

    def silence(self) -> None:
        """Withhold replies from now on."""
        self._speaks.clear()

    def speak(self) -> None:
        """Forward replies again."""
        self._speaks.set()

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Proxy a connection."""
        up, down = await asyncio.open_connection(self._host, self._port)
        self._ends += [writer, down]
        for one in (self._carry(reader, down), self._carry(up, writer, answers=True)):
            self._carrying.add(asyncio.create_task(one))

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if answers:
                    await self._speaks.wait()
                else:
                    self.asked += data
                writer.write(data)
                if not answers and self._last_words and self._last_words in data:
                    self._last_words = b""
                    await writer.drain()
                    self.cut()
            writer.close()

    def cut_after(self, words: bytes) -> None:
        """Break every connection once a request containing these bytes is sent, before its reply."""
        self._last_words = words

    def cut(self) -> None:
        """Break every connection."""
        for end in self._ends:
            end.transport.abort()

    def close(self) -> None:
        """Stop forwarding."""
        self.cut()
        for task in self._carrying:
            task.cancel()


@pytest.fixture
async def relay(database: None, mongo_uri: str) -> AsyncIterator[Relay]:
    """A proxy that every command of the test goes through."""
    parts = urlsplit(mongo_uri)
    assert parts.hostname and parts.port
    made = Relay(parts.hostname, parts.port)
    server = await asyncio.start_server(made.connect, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await db.close()
    uri = parts._replace(netloc=parts.netloc.replace(f":{parts.port}", f":{port}"), query="").geturl()
    await db.connect(uri, "tests", directConnection=True)
    yield made
    made.speak()
    await db.close()
    server.close()
    made.close()


async def ask() -> Any:
    """Send MongoDB one command; the driver retries by itself only reads such as `find`."""
    return await db.users.database.command("ping")


async def waiting() -> tuple[asyncio.Task[Any], Any]:
    """Return a task waiting for a reply, and the cancellation context of its connection."""
    topology: Any = await db.users.database.client._get_topology()
    [server] = topology._servers.values()
    task = asyncio.create_task(ask())
    while not (contexts := server.pool.active_contexts):  # noqa: ASYNC110
        await asyncio.sleep(0)
    [context] = contexts
    return task, context


@relied_on(
    PYMONGO,
    adapter.wait_without_tasks,
    "a connection waits for an answer with `async_receive_message`, found in the module of its pool",
    "each command makes two tasks, and takes a quarter longer",
)
async def test_an_answer_is_waited_for_without_a_task(database: None) -> None:
    await ask()
    made: list[str] = []

    def note(loop: asyncio.AbstractEventLoop, coro: Any, **more: Any) -> asyncio.Task[Any]:
        made.append(coro.__qualname__)
        return asyncio.Task(coro, loop=loop, **more)

    loop = asyncio.get_running_loop()
    loop.set_task_factory(note)
    try:
        await ask()
    finally:
        loop.set_task_factory(None)
    assert "PyMongoProtocol.read" not in made and "_poll_cancellation" not in made


@relied_on(
    PYMONGO,
    adapter.wait_without_tasks,
    "what a connection is read with raises when its wire is closed",
    "a command whose server has died is waited for without end",
)
async def test_an_answer_that_cannot_come_any_more_is_not_waited_for(relay: Relay) -> None:
    await ask()
    relay.silence()
    task, _ = await waiting()
    relay.cut()
    with pytest.raises(AutoReconnect):
        await task
    relay.speak()
    assert (await ask())["ok"]


@relied_on(
    PYMONGO,
    adapter.wait_without_tasks,
    "the `cancel_context` of a connection says when it was given up, and closing its wire ends the wait",
    "a server that hangs keeps everybody who has asked it something",
)
async def test_an_answer_is_not_waited_for_any_more_where_its_server_was_given_up(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "CHECK_SECONDS", 0.01)
    await ask()
    relay.silence()
    task, context = await waiting()
    context.cancel()
    with pytest.raises(AutoReconnect, match="cancelled"):
        await task
    relay.speak()
    assert (await ask())["ok"]


@relied_on(
    PYMONGO,
    adapter.wait_without_tasks,
    "a connection is closed by whoever stops waiting for its answer",
    "the next command over it is given the answer to another one",
)
async def test_an_answer_that_nobody_waits_for_any_more_is_nobody_elses(relay: Relay) -> None:
    await db.users.insert_one({"_id": "one"})
    relay.silence()
    task, _ = await waiting()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    relay.speak()
    assert await db.users.find_one({"_id": "one"}) == {"_id": "one"}


@relied_on(
    PYMONGO,
    adapter.wait_without_tasks,
    "`_csot.get_timeout` knows of `pymongo.timeout`",
    "what has a time limit is waited for without end",
)
async def test_an_answer_that_has_a_time_limit_is_waited_for_no_longer(relay: Relay) -> None:
    await ask()
    relay.silence()
    with pytest.raises(PyMongoError) as raised, pymongo.timeout(0.1):
        await ask()
    assert raised.value.timeout
    relay.speak()


LAST = (
    Write("recents", [{"q": {"_id": "one"}, "u": {"$inc": {"times": 1}}}], updates=True),
    Write("recents", [{"_id": "two"}]),
)


def finishing() -> asyncio.Task[Any]:
    """Start a transaction that ends with two writes."""

    async def work(transaction: Transaction) -> None:
        transaction.write_last(*LAST)

    return asyncio.create_task(outbox.written(work))


async def written() -> tuple[int, int]:
    """Return how many times the first and the second of those writes were made."""
    [row] = await db.recents.find({"_id": "one"}).to_list()
    return row["times"], await db.recents.count_documents({"_id": "two"})


@relied_on(
    PYMONGO,
    adapter.finish_pipelined,
    "`_op_msg` makes what a connection's `send_message` sends, and `_run_command` reads without sending",
    "the last writes of a transaction wait for each other, and a message takes a fifth longer",
)
async def test_the_last_writes_leave_together_and_the_commit_when_both_are_answered(relay: Relay) -> None:
    await db.recents.insert_one({"_id": "one", "times": 0})
    relay.silence()
    relay.asked.clear()
    task = finishing()
    while not (b"updates" in relay.asked and b"documents" in relay.asked):  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert b"commitTransaction" not in relay.asked
    relay.speak()
    await task
    assert b"commitTransaction" in relay.asked and b"abortTransaction" not in relay.asked
    assert await written() == (1, 1)


@relied_on(
    PYMONGO,
    adapter.finish_pipelined,
    "`with_transaction` commits what its callback has left uncommitted, and asks until it knows",
    "what was stored is told to have failed, or is stored twice",
)
async def test_a_commit_whose_answer_is_lost_is_asked_for_again(relay: Relay) -> None:
    await db.recents.insert_one({"_id": "one", "times": 0})
    relay.cut_after(b"commitTransaction")
    await finishing()
    assert await written() == (1, 1)


@relied_on(
    PYMONGO,
    adapter.finish_pipelined,
    "a connection that breaks in a transaction is an error that `with_transaction` begins again after",
    "a message is lost with the connection",
)
async def test_last_writes_whose_answers_are_lost_are_made_again(relay: Relay) -> None:
    await db.recents.insert_one({"_id": "one", "times": 0})
    relay.cut_after(b"documents")
    await finishing()
    assert await written() == (1, 1)


@relied_on(
    PYMONGO,
    adapter.finish_pipelined,
    "a connection is closed by whoever stops waiting for one of several answers",
    "the next command over it is given the answer to another one",
)
async def test_answers_that_nobody_waits_for_any_more_are_nobody_elses(relay: Relay) -> None:
    await db.recents.insert_one({"_id": "one", "times": 0})
    relay.silence()
    relay.asked.clear()
    task = finishing()
    while b"documents" not in relay.asked:  # noqa: ASYNC110
        await asyncio.sleep(0)
    task.cancel()
    relay.speak()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await written() == (0, 0)


def test_everything_in_the_adapter_says_what_it_relies_on() -> None:
    assert untested(adapter) == set()
