"""The forms that start a session, through their routes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pymongo.errors import AutoReconnect

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.credentials import credentials, mails, sessions
from instagram_clone.web import cookies
from instagram_clone.web.http.app import http_routes
from tests.conftest import PASSWORD
from tests.domain.conftest import box as box
from tests.domain.conftest import use_server as use_server
from tests.mailbox import Mailbox, words

NEW = "five lemons on a plate"


@pytest.fixture
async def http(database: None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(http_routes())
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:3000") as client:
        yield client


@pytest.mark.parametrize(
    "before", ["start", "_password_number"], ids=["before it is stored", "after it is stored"]
)
async def test_a_log_in_with_a_password_that_is_being_changed_starts_no_session(
    before: str, ana: Viewer, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password has been checked; the session is about to be stored, or was just stored."""
    original, changed = getattr(sessions, before), []

    async def change_first(*args: Any, **kwargs: Any) -> Any:
        if not changed:
            changed.append(True)
            await credentials.change_password(ana, PASSWORD, NEW)
        return await original(*args, **kwargs)

    monkeypatch.setattr(sessions, before, change_first)
    answer = await http.post("/api/login", json={"login": "ana", "password": PASSWORD})
    assert answer.status_code == 422 and answer.json() == {
        "alert": "That username and password do not match."
    }
    assert cookies.NAME not in answer.cookies
    assert [row["_id"] async for row in db.sessions.find({})] == [ana.session_id]
    monkeypatch.undo()
    answer = await http.post("/api/login", json={"login": "ana", "password": NEW})
    assert answer.status_code == 200 and await sessions.viewer(answer.cookies[cookies.NAME])


async def test_a_failed_sign_up_creates_no_account_and_can_be_retried(
    http: httpx.AsyncClient, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise AutoReconnect("unreachable")

    form = {"email": "ana@example.com", "name": "Ana", "username": "ana", "password": PASSWORD}
    with monkeypatch.context() as patch:
        patch.setattr(mails, "queue", fail)
        assert (await http.post("/api/signup", json=form)).status_code == 503
    assert await db.users.count_documents({}) == 0
    answer = await http.post("/api/signup", json=form)
    assert answer.status_code == 200 and await sessions.viewer(answer.cookies[cookies.NAME])
    await mails.settle()
    assert "ana" in words(box.wait("ana@example.com", "Confirm"))
