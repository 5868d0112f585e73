"""Pages that cannot be made."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import httpx
import pytest
from pymongo.errors import ServerSelectionTimeoutError

from instagram_clone.web.edge import pages


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> httpx.AsyncClient:
    """A client of an app whose database is away."""

    async def away(*_: Any) -> None:
        raise ServerSelectionTimeoutError("mongodb://a-secret@nowhere")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a file"})

    monkeypatch.setattr(pages, "viewer_of", away)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(pages.Edge(app)), base_url="http://localhost:3000"
    )


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
