"""Half a surrogate pair, which JSON can carry but nothing can encode, in everything a client sends."""

from __future__ import annotations

import json
from typing import Any

import pytest

import instagram_clone.instagram_clone  # noqa: F401  (registers every handler)
from instagram_clone.domain.core import db
from instagram_clone.domain.messaging import conversations
from instagram_clone.domain.posts import comments
from instagram_clone.live.delivery import LiveState
from instagram_clone.web import guard
from instagram_clone.web.states.messaging.thread import ThreadState
from instagram_clone.web.states.posts.detail import DetailState
from tests.attacks.conftest import Field, Snapshot
from tests.client import HYDRATE, event_name
from tests.conftest import PASSWORD, share

HALF = "\ud800"


def arguments(name: str, value: str) -> dict[str, Any]:
    """Return arguments for a handler, with the same value for every text."""
    by_kind: dict[Any, Any] = {str: value, dict[str, str]: {"name": value}, int: 1, float: 1.0, bool: True}
    return {key: by_kind[kind] for key, kind in guard.arguments(guard.client_callable()[name])[0].items()}


async def test_no_handler_is_called_with_half_a_character(field: Field, snapshot: Snapshot) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    await share(ana)
    before = await snapshot()
    tab = await field.tab(ben, path="/settings/account")
    logged = len(field.server.log.read_text())
    names = [name for name in guard.client_callable() if arguments(name, "x") != arguments(name, "y")]
    assert len(names) > 40
    for name in names:
        await tab.call(name, arguments(name, HALF))
        await tab.call(name, arguments(name, f"before {HALF} after"))
    await tab.settle(0.5)
    assert not tab.closed and "Something broke" not in tab.text
    assert "cannot be sent" in tab.text
    assert "Traceback" not in field.server.log.read_text()[logged:]
    assert await snapshot() == before


async def test_a_pending_comment_or_message_is_marked_as_not_sent(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    post_id, chat = await share(ana), await conversations.start(ben, [ana.id])
    tab = await field.tab(ben, path=f"/messages/{chat}")

    def outcome(key: str) -> Any:
        return tab.value(LiveState, f"sent_{key}")

    comment = {"post_id": post_id, "text": HALF, "key": "one", "answering": ""}
    await tab.call(event_name(DetailState, "comment"), comment)
    await tab.call(event_name(ThreadState, "send"), {"chat_id": chat, "key": "two", "text": HALF})
    await tab.call(event_name(ThreadState, "send"), {"chat_id": chat, "key": HALF, "text": "x"})
    await tab.until(lambda: outcome("one") is not None and outcome("two") is not None)
    for key in ("one", "two"):
        assert not outcome(key)["ok"] and "cannot be sent" in outcome(key)["why"]
    # A refusal without a place of its own is shown as a toast, once.
    await tab.settle()
    assert tab.text.count("toast_") == 1
    await tab.call(event_name(DetailState, "comment"), {**comment, "text": "Whole"})
    await tab.until(lambda: outcome("one")["ok"])


async def test_half_a_character_in_an_address_is_refused(field: Field) -> None:
    ben = await field.join("ben")
    tab = await field.tab(ben, path="/settings/account")
    logged = len(field.server.log.read_text())
    for where in ({"pathname": HALF}, {"asPath": f"/?p={HALF}"}, {"query": {HALF: "x", "p": HALF}}):
        await tab.raw(["event", {"name": HYDRATE, "payload": {"hashes": [HALF]}, "router_data": where}])
    await tab.raw(["event", {"name": HALF, "payload": {HALF: HALF}}])
    await tab.settle()
    assert not tab.closed and "Something broke" not in tab.text
    assert "Traceback" not in field.server.log.read_text()[logged:]


async def test_invalid_events_do_not_keep_events_from_others(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    post_id = await share(ana)
    wanted = await comments.add(ana, post_id, "Mine")
    logged = len(field.server.log.read_text())
    loud, quiet = await field.tab(ben, path=f"/p/{post_id}"), await field.tab(ana, path=f"/p/{post_id}")
    like = event_name(DetailState, "like_comment")
    for _ in range(20):
        await loud.call(like, {"comment_id": HALF})
        await loud.call(like, {"comment_id": wanted})
        await loud.call(like, {"comment_id": HALF})
        await loud.call(event_name(DetailState, "unlike_comment"), {"comment_id": wanted})
    await loud.call(like, {"comment_id": wanted})
    await loud.settle()
    await quiet.until(lambda: (quiet.value(LiveState, f"comment_{wanted}") or {}).get("likes") == 1)
    assert "Traceback" not in field.server.log.read_text()[logged:]


@pytest.mark.parametrize(
    ("path", "names"),
    [("/api/login", "login password next"), ("/api/signup", "email name username password next")],
)
async def test_a_form_with_half_a_character_is_refused_with_a_sentence(
    field: Field, path: str, names: str
) -> None:
    await field.join("ana")
    form = {"login": "ana", "email": "a@b.co", "name": "A", "username": "anam", "password": PASSWORD}
    async with field.http() as http:
        for name in names.split():
            outcome = await http.post(path, content=json.dumps({**form, name: f"a{HALF}@b.co"}))
            assert outcome.status_code == 422 and outcome.json()["alert"].endswith("."), name
        assert await db.users.count_documents({}) == 1
        assert (await http.post(path, json=form)).status_code == 200
