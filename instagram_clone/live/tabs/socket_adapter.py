"""The undocumented parts of Reflex's, socket.io's and engine.io's sockets that a running server uses.

No other module touches these parts. Each function says what it relies on, and a contract test
(`tests/live/tabs/test_socket_contract.py`) shows what a new version has changed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import reflex as rx
from reflex.app import EventNamespace
from reflex.event import Event
from reflex.state import StateUpdate
from reflex_base.config import get_config
from reflex_base.constants import Endpoint
from socketio.exceptions import ConnectionRefusedError
from starlette.routing import Mount
from starlette.types import ASGIApp

from instagram_clone.live.reflex_adapter import HYDRATE_AND_LOAD

Scope = MutableMapping[str, Any]


def event_app(app: rx.App) -> ASGIApp:
    """Return the ASGI app that serves tabs' sockets, without the Starlette layers around it.

    Reflex mounts it in its own API: some twenty coroutines would stay between it and the web server for as
    long as a socket is open, and be resumed for every message.
    """
    api, path = app._api, get_config().prepend_backend_path(str(Endpoint.EVENT))
    mounts = [one for one in (api.routes if api else ()) if isinstance(one, Mount) and one.path == path]
    assert len(mounts) == 1, "Reflex mounts its sockets elsewhere"
    return mounts[0].app


def enter(app: rx.App, served: ASGIApp) -> ASGIApp:
    """Set an app's contexts for this task, as Reflex does for each request, and return our own part of the
    served app, which Reflex mounts at "" in a Starlette app of its own.

    This saves five coroutines between it and the web server.
    """
    app._set_contexts_internal()
    mounts = [one for one in getattr(served, "routes", ()) if isinstance(one, Mount) and not one.path]
    return mounts[0].app if len(mounts) == 1 else served


def _sockets(app: rx.App) -> EventNamespace:
    sockets = app.event_namespace
    assert sockets is not None
    return sockets


def refuse_sockets_while(app: rx.App, is_closed: Callable[[], bool]) -> None:
    """Refuse tabs' sockets while a dependency is missing; browsers retry shortly.

    socket.io looks up `on_connect` on the instance each time, and `ConnectionRefusedError` is its refusal.
    """
    sockets = _sockets(app)
    enter = sockets.on_connect

    async def on_connect(sid: str, environ: dict[str, Any], auth: Any = None) -> Any:
        if is_closed():
            raise ConnectionRefusedError("Try again in a moment")
        return await enter(sid, environ, auth)

    sockets.on_connect = on_connect  # pyright: ignore[reportAttributeAccessIssue]


IsConnected = Callable[[], bool]
Leave = Callable[[], None]


def admit_sockets(app: rx.App, enter: Callable[[IsConnected], asyncio.Future[Leave | None]]) -> None:
    """Make each connecting socket wait for its turn, and report when its page has been read.

    `enter` gets a function that tells whether the socket is still open. The future it returns resolves when
    the socket's turn comes, to a function to call once the page's first events are done, however they end.

    socket.io handles a CONNECT with `_handle_connect` in the task that reads the socket: waiting there
    would block its pings and the detection of a disconnect. Anything else that arrives before the answer is
    ignored, and a socket that connects twice takes no second place: `sid_from_eio_sid` tells whether it is
    in a namespace already.
    """
    server: Any = app.sio
    connect = server._handle_connect
    waiting: dict[str, asyncio.Task[None]] = {}

    async def handle_connect(eio_sid: str, namespace: str | None, data: Any) -> None:
        if eio_sid in waiting or server.manager.sid_from_eio_sid(eio_sid, namespace) is not None:
            return
        turn = enter(lambda: eio_sid in server.environ)
        connecting = admit(turn, eio_sid, namespace, data)
        if turn.done():
            await connecting
        else:
            waiting[eio_sid] = task = asyncio.create_task(connecting)
            task.add_done_callback(lambda _: waiting.pop(eio_sid))

    async def admit(
        turn: asyncio.Future[Leave | None], eio_sid: str, namespace: str | None, data: Any
    ) -> None:
        leave = await turn
        if leave is None:
            return
        loading = None
        try:
            await connect(eio_sid, namespace, data)
            loading = _first_page_load(app, server.manager.sid_from_eio_sid(eio_sid, namespace))
        finally:
            if loading is None:
                leave()
            else:
                loading.add_done_callback(lambda _: leave())

    server._handle_connect = handle_connect


def _first_page_load(app: rx.App, sid: str | None) -> asyncio.Task[None] | None:
    """Return a task that ends when a tab's first page load is done; None if none has started.

    Reflex keeps the futures of a tab's first events, and cancels them when its socket closes.
    """
    token = token_at(app, sid) if sid else None
    pending: Any = app.event_processor._pending_hydrates.get(token) if token else None  # pyright: ignore
    if not pending:
        return None
    first = next(reversed(pending.values()))

    async def until_done() -> None:
        with contextlib.suppress(Exception, asyncio.CancelledError):
            await first.wait_all()

    return asyncio.create_task(until_done())


_KEPT_HEADERS = ("cookie", "origin")
"""The headers that identify the user and the site."""


def drop_unused_headers(app: rx.App) -> None:
    """Keep only the headers that are used for as long as a socket is open.

    engine.io keeps them all in its environ, and the ASGI scope has them too; Reflex copies them into the
    tab's state, twice, and sends them to its browser.
    """
    sockets = _sockets(app)
    build = sockets._build_static_router_data

    def build_few(sid: str, environ: dict[str, Any]) -> dict[str, Any]:
        data = build(sid, environ)
        headers, scope = data["headers"], environ["asgi.scope"]
        data["headers"] = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] == b"cookie"]
        environ.clear()
        environ["asgi.scope"] = scope
        return data

    sockets._build_static_router_data = build_few  # pyright: ignore[reportAttributeAccessIssue]


def on_socket_closed(app: rx.App, on_close: Callable[[str], None]) -> None:
    """Call a function with the id of each socket that closes, while its token is still known.

    Reflex has no hook for that. socket.io calls `on_disconnect` with the id and a reason.
    """
    sockets = _sockets(app)
    leave = sockets.on_disconnect

    def on_disconnect(sid: str, *_: Any) -> Any:
        on_close(sid)
        return leave(sid)

    sockets.on_disconnect = on_disconnect  # pyright: ignore[reportAttributeAccessIssue]


PassOn = Callable[[str, dict[str, Any]], Awaitable[None]]
Receive = Callable[[str, tuple[Any, ...], PassOn], Awaitable[None]]


def on_incoming_event(app: rx.App, receive: Receive) -> None:
    """Route each event a browser sends to a function, along with Reflex's own handler to pass it on to.

    `on_event` gets everything in the packet, and also the event that comes with the connection.
    """
    sockets = _sockets(app)
    pass_on: PassOn = sockets.on_event

    async def on_event(sid: str, *data: Any) -> None:
        await receive(sid, data, pass_on)

    sockets.on_event = on_event  # pyright: ignore[reportAttributeAccessIssue]


def queue_packets_in(app: rx.App, queue: Callable[[], Any]) -> None:
    """Use a queue of ours for each socket's packets.

    engine.io creates it with its server's `create_queue`, in the task that has the socket's scope.
    """
    assert app.sio is not None
    app.sio.eio.create_queue = queue


def socket_of(app: rx.App, token: str) -> str:
    """Return the id of a tab's socket, "" if this process has none for it."""
    # Not `token_to_sid`: that copies the whole map on every access.
    record = _sockets(app)._token_manager.token_to_socket.get(token)
    return record.sid if record is not None and token_at(app, record.sid) == token else ""


def token_at(app: rx.App, sid: str) -> str | None:
    """Return the token of the tab with this socket id, None if there is none."""
    return _sockets(app).sid_to_token.get(sid)


def scope_at(app: rx.App, sid: str) -> Scope | None:
    """Return the ASGI scope that a socket was opened with, None if there is no such socket.

    engine.io keeps it in the socket's environ.
    """
    assert app.sio is not None
    environ = app.sio.get_environ(sid, _sockets(app).namespace) if sid else None
    return environ["asgi.scope"] if environ else None


# Sending to tabs.


async def reload_page(app: rx.App, token: str) -> None:
    """Make a browser request all of its page's data again.

    A backend event that is sent to a browser comes back from it with its page's URL.
    """
    await _sockets(app).emit_update(StateUpdate(events=[Event(name=HYDRATE_AND_LOAD)]), token)
