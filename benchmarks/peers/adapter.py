"""The adapter through which a load generator for Socket.IO servers talks to this app, traced from Python.

`python -m benchmarks.peers.adapter GENERATOR SEEDED` prints the module. GENERATOR is the generator's
folder, and SEEDED the file that `seed` has written. The generator loads the module and talks to the server
directly.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from instagram_clone import routes
from instagram_clone.live.reflex_adapter import HYDRATE_AND_LOAD
from instagram_clone.web.browser.core import Js, assign, js, module, name, new, when
from instagram_clone.web.browser.page.keys import new_key
from instagram_clone.web.states.messaging.thread import ThreadState
from instagram_clone.web.states.people.account import SettingsState
from instagram_clone.web.states.posts.timeline import TimelineState

POSTS, COMMENTS, CHAT = '"posts_rx_state_"', '"comments_rx_state_"', '"chat_rx_state_":{'
"""Text that the answers to a feed, a post and a conversation contain."""

_number = name("Number")


def adapter(generator: Path, cookies: list[str], chats: list[str]) -> Js:
    """Return the function that the generator calls with a port to get its operations."""
    net, data = str(generator / "load" / "net.mjs"), str(generator / "dataset.mjs")

    def operations(port: Js, cookies: Js, chats: Js) -> dict[str, Any]:
        origin = f"http://127.0.0.1:{port}"

        def connect(cookie: Js) -> Js:
            address = f"ws://127.0.0.1:{port}/_event/?EIO=4&transport=websocket&token={new_key()}"
            headers = {"origin": origin, "cookie": cookie}
            return name("socketio", net)(address, {"namespace": "/_event", "headers": headers})

        def cookie_of(person: Js) -> Js:
            return cookies[person % cookies.length]

        def open_(session: Js) -> Js:
            # Tabs that send messages have the conversation open; all others show a page that costs nothing.
            chat = name("process.argv").includes("dm") & chats[name("Math.floor")(session.i / 2)]
            return connect(session.cookie).then(
                lambda client: when(
                    chat,
                    load(client, f"{routes.MESSAGES}/{chat}", CHAT),
                    load(client, routes.SETTINGS_ACCOUNT, SettingsState.get_name().rpartition("____")[2]),
                ).then(lambda: client)
            )

        def reader(person: Js) -> Js:
            return connect(cookie_of(person)).then(
                lambda client: load(client, routes.HOME, POSTS).then(lambda: client)
            )

        return {
            "hot": name("hot", data),
            "session": lambda person: {"i": person, "cookie": cookie_of(person)},
            "open": open_,
            "view": lambda client, post: load(client, routes.post_url(post), COMMENTS),
            "like": lambda client, post, on: [
                send(client, TimelineState, when(on, "like", "unlike"), {"post_id": post}),
                when(on, 1, -1),
            ],
            "isUpdate": lambda frame, post: frame.includes(f'"post_{post}"'),
            "countIn": lambda frame: _number(_likes(r'"post_[0-9a-f]{24}":\{').exec(frame)[1]),
            "message": lambda client, to, text: send(
                client,
                ThreadState,
                "send",
                {"chat_id": chats[(to - 1) / 2], "key": new_key(), "text": text},
            ),
            "isMessage": lambda frame: frame.includes('"m_'),
            "reader": reader,
            "feed": lambda client: answered(client, POSTS, send(client, TimelineState, "refresh", {})),
            "feedPosts": lambda frame: name("Array.from")(
                frame.toString().matchAll(_likes("", "g")), lambda found: {"likes": _number(found[1])}
            ),
            "anonymous": lambda: None,
            "login": lambda _, person: name("request", net)(
                "POST",
                js(origin) + routes.API_LOGIN,
                {
                    "headers": {"origin": origin},
                    "body": {
                        "login": name("username", data)(person),
                        "password": name("password", data),
                        "next": routes.HOME,
                    },
                },
            ),
        }

    return js(lambda port: js(operations)(port, cookies, chats))


def load(client: Js, path: Any, part: str) -> Js:
    """Load a page and wait for a part of it. As in a browser, this event introduces the tab."""
    return answered(client, part, [assign(client, path=path), emit(client, HYDRATE_AND_LOAD, {})])


def answered(client: Js, part: str, steps: Any) -> Js:
    """Run some steps, and wait for a frame that contains a text."""

    def on_frame(frame: Js, resolve: Js) -> Js:
        return when(frame.includes(part), [assign(client, on=None), resolve(frame)])

    return new(
        name("Promise"),
        lambda resolve: [assign(client, on=lambda frame: on_frame(frame, resolve)), steps],
    )


def send(client: Js, state: Any, event: Any, payload: dict[str, Any]) -> Js:
    """Send an event of a state by name."""
    return emit(client, js(f"{state.get_full_name()}.") + event, payload)


def emit(client: Js, event: Any, payload: dict[str, Any]) -> Js:
    place = {"pathname": client.path, "query": {}, "asPath": client.path}
    return client.emit("event", {"name": event, "payload": payload, "router_data": place})


def _likes(before: str, flags: str = "") -> Js:
    return new(name("RegExp"), before + r'"likes":(\d+)', flags)


if __name__ == "__main__":
    seeded = json.loads(Path(sys.argv[2]).read_text())
    print(module(adapter(Path(sys.argv[1]).resolve(), seeded["cookies"], seeded["chats"])), end="")
