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

pytestmark = pytest.mark.anyio

NEW = "five lemons on a plate"


@pytest.fixture
async def http(database: None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(http_routes())
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:3000") as client:
        yield client


@pytest.mark.parametrize("before", ["start", "_password_number"], ids=["not yet", "already"])
async def test_a_log_in_with_a_password_that_is_being_changed_opens_nothing(
    before: str, ana: Viewer, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password has been checked, but the session is not yet, or is already, stored."""
    original, done = getattr(sessions, before), []

    async def crossed(*given: Any, **more: Any) -> Any:
        if not done:
            done.append(True)
            await credentials.change_password(ana, PASSWORD, NEW)
        return await original(*given, **more)

    monkeypatch.setattr(sessions, before, crossed)
    answer = await http.post("/api/login", json={"login": "ana", "password": PASSWORD})
    assert answer.status_code == 422 and answer.json() == {
        "alert": "That username and password do not match."
    }
    assert cookies.NAME not in answer.cookies
    assert [row["_id"] async for row in db.sessions.find({})] == [ana.session_id]
    monkeypatch.undo()
    answer = await http.post("/api/login", json={"login": "ana", "password": NEW})
    assert answer.status_code == 200 and await sessions.viewer(answer.cookies[cookies.NAME])


async def test_a_sign_up_that_fails_has_made_no_account_and_can_be_tried_again(
    http: httpx.AsyncClient, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise AutoReconnect("away")

    form = {"email": "ana@example.com", "name": "Ana", "username": "ana", "password": PASSWORD}
    with monkeypatch.context() as broken:
        broken.setattr(mails, "due", fail)
        assert (await http.post("/api/signup", json=form)).status_code == 503
    assert await db.users.count_documents({}) == 0
    answer = await http.post("/api/signup", json=form)
    assert answer.status_code == 200 and await sessions.viewer(answer.cookies[cookies.NAME])
    await mails.settle()
    assert "ana" in words(box.wait("ana@example.com", "Confirm"))
