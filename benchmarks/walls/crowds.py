"""Crowds created in bulk: rows like those the domain writes one by one, and tabs registered directly."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

from bson import ObjectId

from instagram_clone import live
from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.live import online
from instagram_clone.live.tabs import connections

BATCH = 10_000
EDIT_SECONDS = 0.001
"""The CPU time that loading, editing and comparing a real tab's state takes."""


async def insert(name: str, rows: list[dict[str, Any]]) -> None:
    """Insert rows in large batches."""
    for at in range(0, len(rows), BATCH):
        await db.__getattr__(name).insert_many(rows[at : at + BATCH], ordered=False)


async def copies_of(viewer: Viewer, number: int) -> list[Viewer]:
    """Create copies of a person who signed up, each with their own name."""
    person = await db.users.find_one({"_id": viewer.oid}) or {}
    ids = [ObjectId() for _ in range(number)]
    rows = []
    for id_ in ids:
        names = {"username": f"c{id_}", "username_key": f"c{id_}", "email": f"{id_}@example.com"}
        rows.append({**person, "_id": id_, **names, "email_key": names["email"]})
    await insert("users", rows)
    return [Viewer(str(one), f"c{one}", "") for one in ids]


async def follow_each(followers: list[ObjectId], followee: ObjectId) -> None:
    """Make all of some people follow a person, and update that person's count."""
    await insert("follows", [{"follower": one, "followee": followee} for one in followers])
    await db.users.update_one({"_id": followee}, {"$inc": {"followers": len(followers)}})


def be_online(here: list[str], elsewhere: list[str], processes: int = 3) -> None:
    """Mark some people as connected to this process, and others to some more processes."""
    online._online.update(here)
    for number in range(processes):
        online.update_roster(f"process {number}", {"online": elsewhere[number::processes]}, 3600)


def open_tabs(users: list[str]) -> list[str]:
    """Give each of some people a tab in this process; edits of it take CPU time but change nothing."""
    tokens = [f"tab {number}" for number in range(len(users))]
    sockets = {token: SimpleNamespace(sid=f"socket of {token}") for token in tokens}

    async def get_state(_: Any) -> Any:
        # A page with nothing to change.
        return SimpleNamespace(_kind="")

    state = SimpleNamespace(
        router=SimpleNamespace(session=SimpleNamespace(client_token="some")), get_state=get_state
    )

    @contextlib.asynccontextmanager
    async def modify_state(_: Any) -> AsyncIterator[Any]:
        until = time.perf_counter() + EDIT_SECONDS
        while time.perf_counter() < until:
            pass
        yield state

    connections._app = SimpleNamespace(  # pyright: ignore[reportAttributeAccessIssue]
        event_namespace=SimpleNamespace(
            _token_manager=SimpleNamespace(token_to_socket=sockets),
            sid_to_token={one.sid: token for token, one in sockets.items()},
            namespace="/",
        ),
        sio=SimpleNamespace(get_environ=lambda *_: None),
        modify_state=modify_state,
    )
    for token, user_id in zip(tokens, users, strict=True):
        live.identify(token, user_id, f"session of {user_id}")
    return tokens
