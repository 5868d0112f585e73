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
DIED, FAILED, UNHARMED = 9, 1, 0
MAX_SECONDS = 300
"""How long a change may take on a busy machine."""

_WRITES = {"insert", "update", "delete", "findAndModify", "commitTransaction"}
_ASIDE = {"createIndexes", "abortTransaction"}
_OF_CONNECTIONS = ("hello", "ismaster", "sasl", "ping", "endSessions")
"""Commands by which a pool opens and closes connections, whenever it likes. If one of them failed, the
client would wait seconds before looking for its server again, and no caller's command would have failed.
"""

_PASSWORD = "five lemons in a jar"

log = logging.getLogger(__name__)

Ids = dict[str, str]
Deed = Callable[[Viewer, Ids], Awaitable[Any]]


async def _upload(viewer: Viewer, ids: Ids) -> None:
    await drafts.store(viewer, Path(ids["file"]))


async def _set_avatar(viewer: Viewer, ids: Ids) -> None:
    await avatars.set_avatar(viewer, ids["draft"])


DEEDS: dict[str, Deed] = {
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


class Saboteur:
    """Counts points, and does harm at one of them."""

    def __init__(self, point: int, harm: str) -> None:
        self._point, self._harm = point, harm
        self._passed = -1
        self.has_struck = False

    async def command(self, original: Any, conn: Any, cmd: Any, *given: Any, **more: Any) -> Any:
        name = next(iter(cmd))
        if self._passed < 0 and name in _WRITES:
            self._passed = 0
        if self._passed < 0 or name in _ASIDE or name.startswith(_OF_CONNECTIONS):
            return await original(conn, cmd, *given, **more)
        if self._harm == FAIL:
            self._pass()
        answer = await original(conn, cmd, *given, **more)
        # A failing command is not executed, except a commit, which may succeed with its reply lost.
        if name == "commitTransaction" or (self._harm == DIE and name in _WRITES):
            self._pass()
        return answer

    async def answer(self, original: Any, conn: Any, cmd: Any, *given: Any, **more: Any) -> Any:
        """Harm one of several commands sent together, after its reply is read, since others follow it."""
        self._passed = max(self._passed, 0)
        answer = await original(conn, cmd, *given, **more)
        self._pass()
        return answer

    async def store(self, original: Any, *given: Any) -> Any:
        self._passed = max(self._passed, 0)
        if self._harm == FAIL:
            self._pass()
        answer = await original(*given)
        self._pass()
        return answer

    def _pass(self) -> None:
        self._passed += 1
        if self._passed != self._point:
            return
        self.has_struck = True
        if self._harm == DIE:
            os._exit(DIED)
        raise OperationFailure("the test wants it so", code=8000)


class Nursery:
    """Forks a process for each change, from one that has imported everything and runs nothing."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._orders, orders = context.Pipe()
        self._process = context.Process(target=_fork_for_each, args=(orders,), daemon=True)
        self._process.start()
        orders.close()

    def start(self, uri: str, deed: str, viewer: Viewer, ids: Ids, point: int, harm: str) -> int:
        """Make a change in a new process, with harm at one point; returns its exit code."""
        self._orders.send((uri, deed, viewer, ids, point, harm))
        ended = self._orders.recv()
        assert ended >= 0, f"the process was ended by signal {-ended}, or hung"
        return ended

    def close(self) -> None:
        """Stop the forking process; nothing of it is left."""
        self._orders.close()
        self._process.join()


def _fork_for_each(orders: Connection) -> None:
    with contextlib.suppress(EOFError):
        while True:
            order = orders.recv()
            child = os.fork()
            if not child:
                signal.alarm(MAX_SECONDS)
                _act(*order)
            orders.send(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _act(uri: str, deed: str, viewer: Viewer, ids: Ids, point: int, harm: str) -> NoReturn:
    ended = FAILED
    try:
        ended = asyncio.run(_perform(uri, deed, viewer, ids, Saboteur(point, harm)))
    finally:
        os._exit(ended)


async def _perform(uri: str, deed: str, viewer: Viewer, ids: Ids, saboteur: Saboteur) -> int:
    # The indexes exist already: many of these processes start, and none needs to check them.
    schema.INDEXES = {name: [] for name in schema.INDEXES}
    passwords.COST = 4
    await db.connect(uri, "tests", retryWrites=False)
    command, put, delete = command_runner._run_command, put_async, delete_async
    command_runner._run_command = lambda *given, **more: saboteur.command(command, *given, **more)
    adapter._run_command = lambda *given, **more: saboteur.answer(command, *given, **more)
    storage.obstore.put_async = lambda *given: saboteur.store(put, *given)
    storage.obstore.delete_async = lambda *given: saboteur.store(delete, *given)
    try:
        await DEEDS[deed](viewer, ids)
    except Exception:
        log.exception("%s failed", deed)
        return FAILED
    finally:
        await outbox.settle()
    # A failed commit may be retried silently.
    return FAILED if saboteur.has_struck or await db.outbox.count_documents({}) else UNHARMED
