"""The sockets of tabs take the shortest possible path through the web server."""

from __future__ import annotations

from typing import Any

import pytest

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.live.tabs import connections, socket_adapter
from instagram_clone.web.html import pages
from instagram_clone.web.html.pages import Edge


@pytest.mark.parametrize(("path", "short"), [("/_event/", True), ("/_events", False), ("/", False)])
async def test_sockets_of_tabs_bypass_the_other_middleware(
    monkeypatch: pytest.MonkeyPatch, ana: Viewer, path: str, short: bool
) -> None:
    reached: list[str] = []

    def app(name: str) -> Any:
        async def record(scope: Any, receive: Any, send: Any) -> None:
            reached.append(name)

        return record

    async def receive() -> Any:
        return {"type": "websocket.disconnect"}

    async def send(message: Any) -> None:
        reached.append(message["type"])

    monkeypatch.setattr(connections, "_app", object())
    monkeypatch.setattr(socket_adapter, "event_app", lambda _: app("sockets"))
    scope = {"type": "websocket", "path": path, "headers": [], "client": ("127.0.0.1", 1), "scheme": "ws"}
    await Edge(app("middleware"))(scope, receive, send)
    # A socket without an allowed origin is rejected, whatever the path.
    assert reached == ["websocket.close"]
    reached.clear()
    monkeypatch.setattr(pages, "is_origin_allowed", lambda _: True)
    await Edge(app("middleware"))(scope, receive, send)
    assert reached == ["sockets" if short else "middleware"]
