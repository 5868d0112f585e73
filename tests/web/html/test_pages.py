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

    async def unreachable(*_: Any) -> None:
        raise ServerSelectionTimeoutError("mongodb://a-secret@nowhere")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a file"})

    monkeypatch.setattr(pages, "viewer_of", unreachable)
    return client_of(app)


def client_of(app: Any) -> httpx.AsyncClient:
    site = "http://localhost:3000"
    transport = httpx.ASGITransport(pages.Edge(app))
    return httpx.AsyncClient(transport=transport, base_url=site, headers={"origin": site})


async def test_a_page_that_cannot_be_produced_says_so_and_retries(client: httpx.AsyncClient) -> None:
    for path in ("/", "/ana", "/p/" + "0" * 24):
        response = await client.get(path)
        assert response.status_code == 503 and response.headers["retry-after"] == "3"
        assert "One moment" in response.text and '<meta http-equiv="refresh" content="3">' in response.text
        assert "secret" not in response.text and response.headers["x-frame-options"] == "DENY"
    [style] = re.findall(r"<style>(.*?)</style>", response.text, re.S)
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{allowed}'" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"


async def test_other_files_need_no_database(client: httpx.AsyncClient) -> None:
    for path in ("/ping", "/assets/some.js"):
        assert (await client.get(path)).text == "a file"


async def test_an_internal_error_is_reported_without_retries_and_with_its_number(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: Any) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(pages, "viewer_of", broken)
    response = await client_of(None).get('/ana"><b>')
    assert response.status_code == 500 and "Something broke on our side" in response.text
    assert "refresh" not in response.text and "retry-after" not in response.headers
    assert 'href="/ana%22%3E%3Cb%3E"' in response.text and "secret" not in response.text
    [number] = re.findall(r"Error ([0-9a-f]{8})", response.text)
    assert f"Error {number}" in caplog.text
    elsewhere = await client_of(None).get("http://localhost:3000//evil.example")
    assert 'href="/"' in elsewhere.text and "evil" not in elsewhere.text


async def test_too_many_concurrent_requests_are_refused_with_a_message_that_the_form_shows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "MAX_CONCURRENT_WRITES", 1)
    started, release = asyncio.Event(), asyncio.Event()

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        started.set()
        await release.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})

    client = client_of(app)
    first = asyncio.create_task(client.post("/api/forgot"))
    await started.wait()
    response = await client.post("/api/forgot")
    assert response.status_code == 429 and response.headers["retry-after"] == "10"
    assert "Try again in 10 seconds." in response.json()["alert"] == response.json()["error"]
    page = await client.post("/api/forgot", headers={"accept": "text/html"})
    assert page.status_code == 429 and 'href="/forgot"' in page.text
    assert "Try again in 10 seconds." in page.text
    release.set()
    assert (await first).text == "done"
    assert (await client.post("/api/forgot")).text == "done"
