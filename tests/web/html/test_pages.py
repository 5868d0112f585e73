"""Responses in place of pages that cannot be produced."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from typing import Any

import httpx
import pytest
from pymongo.errors import ServerSelectionTimeoutError

from instagram_clone.web.html import pages


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> httpx.AsyncClient:
    """A client of an app whose database is down."""

    async def away(*_: Any) -> None:
        raise ServerSelectionTimeoutError("mongodb://a-secret@nowhere")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a file"})

    monkeypatch.setattr(pages, "viewer_of", away)
    return client_of(app)


def client_of(app: Any) -> httpx.AsyncClient:
    site = "http://localhost:3000"
    transport = httpx.ASGITransport(pages.Edge(app))
    return httpx.AsyncClient(transport=transport, base_url=site, headers={"origin": site})


async def test_a_page_that_cannot_be_made_says_so_and_tries_again(client: httpx.AsyncClient) -> None:
    for path in ("/", "/ana", "/p/" + "0" * 24):
        answer = await client.get(path)
        assert answer.status_code == 503 and answer.headers["retry-after"] == "3"
        assert "One moment" in answer.text and '<meta http-equiv="refresh" content="3">' in answer.text
        assert "secret" not in answer.text and answer.headers["x-frame-options"] == "DENY"
    [style] = re.findall(r"<style>(.*?)</style>", answer.text, re.S)
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{allowed}'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


async def test_what_is_no_page_needs_no_database(client: httpx.AsyncClient) -> None:
    for path in ("/ping", "/assets/some.js"):
        assert (await client.get(path)).text == "a file"


async def test_a_page_that_fails_by_a_fault_says_so_once_and_names_the_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: Any) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(pages, "viewer_of", broken)
    answer = await client_of(None).get('/ana"><b>')
    assert answer.status_code == 500 and "Something broke on our side" in answer.text
    assert "refresh" not in answer.text and "retry-after" not in answer.headers
    assert 'href="/ana%22%3E%3Cb%3E"' in answer.text and "secret" not in answer.text
    [number] = re.findall(r"Error ([0-9a-f]{8})", answer.text)
    assert f"Error {number}" in caplog.text
    elsewhere = await client_of(None).get("http://localhost:3000//evil.example")
    assert 'href="/"' in elsewhere.text and "evil" not in elsewhere.text


async def test_a_request_too_many_at_once_is_refused_in_words_that_its_form_shows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "CHANGING_AT_ONCE", 1)
    begun, over = asyncio.Event(), asyncio.Event()

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        begun.set()
        await over.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})

    client = client_of(app)
    first = asyncio.create_task(client.post("/api/forgot"))
    await begun.wait()
    answer = await client.post("/api/forgot")
    assert answer.status_code == 429 and answer.headers["retry-after"] == "10"
    assert "Try again in 10 seconds." in answer.json()["alert"] == answer.json()["error"]
    page = await client.post("/api/forgot", headers={"accept": "text/html"})
    assert page.status_code == 429 and 'href="/forgot"' in page.text
    assert "Try again in 10 seconds." in page.text
    over.set()
    assert (await first).text == "done"
    assert (await client.post("/api/forgot")).text == "done"
