"""What a running server uses of the sockets of Reflex, socket.io and engine.io that they do not document.

No other module touches these parts; each function says what it relies on, and a contract test
(`tests/live/tabs/test_socket_contract.py`) names what a new version has changed.
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
    """Return what serves tabs' sockets, without the rings of Starlette's around it.

    Reflex mounts it in its own API: a score of coroutines would stand between it and the web server for as
    long as a socket is open, and be resumed with every message.
    """
    api, path = app._api, get_config().prepend_backend_path(str(Endpoint.EVENT))
    mounts = [one for one in (api.routes if api else ()) if isinstance(one, Mount) and one.path == path]
    assert len(mounts) == 1, "Reflex mounts its sockets elsewhere"
    return mounts[0].app


def enter(app: rx.App, served: ASGIApp) -> ASGIApp:
    """Have this task be one of an app's, as Reflex has each request be, and return the part of what is
    served that is ours, which Reflex mounts at "" in a Starlette of its own.

    Five more coroutines would stand between it and the web server.
    """
    app._set_contexts_internal()
    mounts = [one for one in getattr(served, "routes", ()) if isinstance(one, Mount) and not one.path]
    return mounts[0].app if len(mounts) == 1 else served


def _sockets(app: rx.App) -> EventNamespace:
    sockets = app.event_namespace
    assert sockets is not None
    return sockets


def refuse_sockets_while(app: rx.App, missing: Callable[[], bool]) -> None:
    """Refuse a tab's socket while something is missing; browsers try again in a moment.

    socket.io looks `on_connect` up on the instance each time; `ConnectionRefusedError` is its refusal.
    """
    sockets = _sockets(app)
    enter = sockets.on_connect

    async def on_connect(sid: str, environ: dict[str, Any], auth: Any = None) -> Any:
        if missing():
            raise ConnectionRefusedError("Try again in a moment")
        return await enter(sid, environ, auth)

    sockets.on_connect = on_connect  # pyright: ignore[reportAttributeAccessIssue]


IsThere = Callable[[], bool]
Leave = Callable[[], None]


def let_sockets_in(app: rx.App, enter: Callable[[IsThere], asyncio.Future[Leave | None]]) -> None:
    """Have each socket that connects wait for its turn, and say when its page has been read.

    `enter` gets what tells whether the socket is still open. What it returns has a result when it is its
    turn: what is called when all is done that the page begins with, however that ends.

    socket.io handles a CONNECT where the socket is read, with `_handle_connect`: who waits there would
    hear no ping, and not be known to have gone. What else comes before the answer is nobody's, and a socket
    that connects again takes no second place: `sid_from_eio_sid` knows who is in a namespace.
    """
    server: Any = app.sio
    connect = server._handle_connect
    waiting: dict[str, asyncio.Task[None]] = {}

    async def handle_connect(eio_sid: str, namespace: str | None, data: Any) -> None:
        if eio_sid in waiting or server.manager.sid_from_eio_sid(eio_sid, namespace) is not None:
            return
        turn = enter(lambda: eio_sid in server.environ)
        connecting = let_in(turn, eio_sid, namespace, data)
        if turn.done():
            await connecting
        else:
            waiting[eio_sid] = task = asyncio.create_task(connecting)
            task.add_done_callback(lambda _: waiting.pop(eio_sid))

    async def let_in(
        turn: asyncio.Future[Leave | None], eio_sid: str, namespace: str | None, data: Any
    ) -> None:
        leave = await turn
        if leave is None:
            return
        reading = None
        try:
            await connect(eio_sid, namespace, data)
            reading = _reading(app, server.manager.sid_from_eio_sid(eio_sid, namespace))
        finally:
            if reading is None:
                leave()
            else:
                reading.add_done_callback(lambda _: leave())

    server._handle_connect = handle_connect


def _reading(app: rx.App, sid: str | None) -> asyncio.Task[None] | None:
    """What ends when all has been done that a tab's page begins with; None where nothing has begun.

    Reflex cancels that with the socket, for which it keeps the futures of a tab's first events.
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
"""Who somebody is, and where the site is."""


def keep_few_headers(app: rx.App) -> None:
    """Keep of a socket's headers what is asked for, for as long as it is open.

    engine.io has all of them in its environment, and the scope they came in has them too; Reflex copies
    them into the tab's state, twice, and sends them to its browser.
    """
    sockets = _sockets(app)
    build = sockets._build_static_router_data

    def few(sid: str, environ: dict[str, Any]) -> dict[str, Any]:
        known = build(sid, environ)
        headers, scope = known["headers"], environ["asgi.scope"]
        known["headers"] = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] == b"cookie"]
        environ.clear()
        environ["asgi.scope"] = scope
        return known

    sockets._build_static_router_data = few  # pyright: ignore[reportAttributeAccessIssue]


def on_socket_closed(app: rx.App, closed: Callable[[str], None]) -> None:
    """Call a function with the id of each socket that closes, while its token is still known.

    Reflex has no hook for that. socket.io calls `on_disconnect` with the id and a reason.
    """
    sockets = _sockets(app)
    leave = sockets.on_disconnect

    def on_disconnect(sid: str, *_: Any) -> Any:
        closed(sid)
        return leave(sid)

    sockets.on_disconnect = on_disconnect  # pyright: ignore[reportAttributeAccessIssue]


PassOn = Callable[[str, dict[str, Any]], Awaitable[None]]
Receive = Callable[[str, tuple[Any, ...], PassOn], Awaitable[None]]


def on_incoming_event(app: rx.App, receive: Receive) -> None:
    """Give what a browser sends as an event to a function, and Reflex's own to pass it on to.

    `on_event` gets all that is in the packet; it also gets the event that comes with the connection.
    """
    sockets = _sockets(app)
    pass_on: PassOn = sockets.on_event

    async def on_event(sid: str, *data: Any) -> None:
        await receive(sid, data, pass_on)

    sockets.on_event = on_event  # pyright: ignore[reportAttributeAccessIssue]


def queue_packets_in(app: rx.App, queue: Callable[[], Any]) -> None:
    """Have the packets of each socket wait in a queue of ours.

    engine.io makes one with its server's `create_queue`, in the task that has the socket's scope.
    """
    assert app.sio is not None
    app.sio.eio.create_queue = queue


def socket_of(app: rx.App, token: str) -> str:
    """Return the id of a tab's socket, "" when this process has none for it."""
    # Not `token_to_sid`: that copies the whole map, for each who asks.
    record = _sockets(app)._token_manager.token_to_socket.get(token)
    return record.sid if record is not None and token_at(app, record.sid) == token else ""


def token_at(app: rx.App, sid: str) -> str | None:
    """Return the token of the tab whose socket has an id."""
    return _sockets(app).sid_to_token.get(sid)


def scope_at(app: rx.App, sid: str) -> Scope | None:
    """Return the ASGI scope that a socket was opened with, None when there is no such socket.

    engine.io keeps it in the socket's environment.
    """
    assert app.sio is not None
    environ = app.sio.get_environ(sid, _sockets(app).namespace) if sid else None
    return environ["asgi.scope"] if environ else None


# What is sent to tabs.


async def have_page_read_again(app: rx.App, token: str) -> None:
    """Have a browser ask for everything again.

    An event of the backend's that it is sent it sends back, with its page's address.
    """
    await _sockets(app).emit_update(StateUpdate(events=[Event(name=HYDRATE_AND_LOAD)]), token)
