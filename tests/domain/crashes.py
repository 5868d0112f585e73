"""A process that makes one change, and dies or has a command fail at a given point.

A process dies after each command that writes, and after each file that is written or removed. What is
stored does not change in between, so these are all the states that a crash can leave behind. Any command
can fail, including reads, from the first write on.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import os
import signal
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from obstore import delete_async, put_async
from pymongo.asynchronous import command_runner
from pymongo.errors import OperationFailure

from instagram_clone.domain.core import db, outbox, schema
from instagram_clone.domain.core.driver import adapter
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import avatars, drafts, storage
from instagram_clone.domain.messaging import membership, messages
from instagram_clone.domain.people import accounts, preferences, profiles
from instagram_clone.domain.people.credentials import passwords
from instagram_clone.domain.people.relations import blocks, follows
from instagram_clone.domain.posts import comments, likes, posts

DIE, FAIL = "die", "fail"
DIED, FAILED, COMPLETED = 9, 1, 0
MAX_SECONDS = 300
"""How long a change may take on a busy machine."""

_WRITES = {"insert", "update", "delete", "findAndModify", "commitTransaction"}
_NOT_COUNTED = {"createIndexes", "abortTransaction"}
_CONNECTION_COMMANDS = ("hello", "ismaster", "sasl", "ping", "endSessions")
"""Commands by which a pool opens and closes connections, whenever it likes. If one of them failed, the
client would wait seconds before looking for its server again, and no caller's command would have failed.
"""

_PASSWORD = "five lemons in a jar"

log = logging.getLogger(__name__)

Ids = dict[str, str]
Change = Callable[[Viewer, Ids], Awaitable[Any]]


async def _upload(viewer: Viewer, ids: Ids) -> None:
    await drafts.store(viewer, Path(ids["file"]))


async def _set_avatar(viewer: Viewer, ids: Ids) -> None:
    await avatars.set_avatar(viewer, ids["draft"])


CHANGES: dict[str, Change] = {
    "sign up": lambda *_: accounts.sign_up("eve@example.com", "Eve", "eve.adams", _PASSWORD, "1"),
    "change the profile": lambda viewer, _: profiles.edit_profile(viewer, "Anna", "ana", "", ""),
    "upload": _upload,
    "publish": lambda viewer, ids: posts.publish(viewer, ids["draft"], "Look, @cleo", key="p"),
    "delete": lambda viewer, ids: posts.delete(viewer, ids["own post"]),
    "like": lambda viewer, ids: likes.like(viewer, ids["post"]),
    "unlike": lambda viewer, ids: likes.unlike(viewer, ids["liked post"]),
    "like a comment": lambda viewer, ids: likes.like_comment(viewer, ids["comment"]),
    "comment": lambda viewer, ids: comments.add(viewer, ids["post"], "Nice, @cleo", "c", ids["comment"]),
    "delete a comment": lambda viewer, ids: comments.delete(viewer, ids["own comment"]),
    "follow": lambda viewer, ids: follows.follow(viewer, ids["cleo"]),
    "unfollow": lambda viewer, ids: follows.unfollow(viewer, ids["ben"]),
    "ask to follow": lambda viewer, ids: follows.follow(viewer, ids["private"]),
    "block": lambda viewer, ids: blocks.block(viewer, ids["ben"]),
    "send a message": lambda viewer, ids: messages.send(viewer, ids["chat"], "m", text="Hi"),
    "send a photo": lambda viewer, ids: messages.send(viewer, ids["chat"], "m", photo=ids["small draft"]),
    "unsend a photo": lambda viewer, ids: messages.unsend(viewer, ids["chat"], ids["sent photo"]),
    "delete a conversation": lambda viewer, ids: membership.clear(viewer, ids["chat"]),
    "go private": lambda viewer, ids: preferences.set_private(viewer, True),
    "go public": lambda _, ids: preferences.set_private(Viewer(ids["private"], "dan", ""), False),
    "change the avatar": _set_avatar,
}


class FaultInjector:
    """Counts points, and injects a fault at one of them."""

    def __init__(self, point: int, fault: str) -> None:
        self._point, self._fault = point, fault
        self._passed = -1
        self.was_injected = False

    async def command(self, original: Any, conn: Any, cmd: Any, *args: Any, **kwargs: Any) -> Any:
        name = next(iter(cmd))
        if self._passed < 0 and name in _WRITES:
            self._passed = 0
        if self._passed < 0 or name in _NOT_COUNTED or name.startswith(_CONNECTION_COMMANDS):
            return await original(conn, cmd, *args, **kwargs)
        if self._fault == FAIL:
            self._pass()
        reply = await original(conn, cmd, *args, **kwargs)
        # A failing command is not executed, except a commit, which may succeed with its reply lost.
        if name == "commitTransaction" or (self._fault == DIE and name in _WRITES):
            self._pass()
        return reply

    async def reply(self, original: Any, conn: Any, cmd: Any, *args: Any, **kwargs: Any) -> Any:
        """Inject the fault into a pipelined command, after its reply is read, since others follow it."""
        self._passed = max(self._passed, 0)
        reply = await original(conn, cmd, *args, **kwargs)
        self._pass()
        return reply

    async def store(self, original: Any, *args: Any) -> Any:
        self._passed = max(self._passed, 0)
        if self._fault == FAIL:
            self._pass()
        reply = await original(*args)
        self._pass()
        return reply

    def _pass(self) -> None:
        self._passed += 1
        if self._passed != self._point:
            return
        self.was_injected = True
        if self._fault == DIE:
            os._exit(DIED)
        raise OperationFailure("injected by the test", code=8000)


class ForkServer:
    """Forks a process for each change, from one that has imported everything and runs nothing."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._requests, requests = context.Pipe()
        self._process = context.Process(target=_fork_for_each, args=(requests,), daemon=True)
        self._process.start()
        requests.close()

    def start(self, uri: str, change: str, viewer: Viewer, ids: Ids, point: int, fault: str) -> int:
        """Make a change in a new process, with a fault at one point; returns its exit code."""
        self._requests.send((uri, change, viewer, ids, point, fault))
        exit_code = self._requests.recv()
        assert exit_code >= 0, f"the process was ended by signal {-exit_code}, or hung"
        return exit_code

    def close(self) -> None:
        """Stop the forking process; nothing of it is left."""
        self._requests.close()
        self._process.join()


def _fork_for_each(requests: Connection) -> None:
    with contextlib.suppress(EOFError):
        while True:
            request = requests.recv()
            child = os.fork()
            if not child:
                signal.alarm(MAX_SECONDS)
                _run_and_exit(*request)
            requests.send(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _run_and_exit(uri: str, change: str, viewer: Viewer, ids: Ids, point: int, fault: str) -> NoReturn:
    exit_code = FAILED
    try:
        exit_code = asyncio.run(_perform(uri, change, viewer, ids, FaultInjector(point, fault)))
    finally:
        os._exit(exit_code)


async def _perform(uri: str, change: str, viewer: Viewer, ids: Ids, injector: FaultInjector) -> int:
    # The indexes exist already: many of these processes start, and none needs to check them.
    schema.INDEXES = {name: [] for name in schema.INDEXES}
    passwords.COST = 4
    await db.connect(uri, "tests", retryWrites=False)
    command, put, delete = command_runner._run_command, put_async, delete_async
    command_runner._run_command = lambda *args, **kwargs: injector.command(command, *args, **kwargs)
    adapter._run_command = lambda *args, **kwargs: injector.reply(command, *args, **kwargs)
    storage.obstore.put_async = lambda *args: injector.store(put, *args)
    storage.obstore.delete_async = lambda *args: injector.store(delete, *args)
    try:
        await CHANGES[change](viewer, ids)
    except Exception:
        log.exception("%s failed", change)
        return FAILED
    finally:
        await outbox.settle()
    # A failed commit may be retried silently.
    return FAILED if injector.was_injected or await db.outbox.count_documents({}) else COMPLETED
