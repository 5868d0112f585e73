"""Which peers are trusted to say where a request comes from."""

from __future__ import annotations

import dataclasses
from ipaddress import ip_network
from typing import Any

import pytest
from starlette.datastructures import Headers

from instagram_clone import config
from instagram_clone.web.http import client
from instagram_clone.web.http.client import address_of, as_forwarded


def request(peer: str, *forwarded: str, **more: str) -> dict[str, Any]:
    headers = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    headers += [(name.replace("_", "-").encode(), value.encode()) for name, value in more.items()]
    return {"type": "http", "scheme": "http", "client": (peer, 1), "headers": [*headers, (b"host", b"x")]}


@pytest.fixture
def proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    networks = tuple(map(ip_network, ("127.0.0.1", "10.0.0.0/8", "::1")))
    chosen = dataclasses.replace(config.settings(), trusted_proxies=networks)
    monkeypatch.setattr(client, "settings", lambda: chosen)


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "10.1.2.3", "192.168.1.2", "203.0.113.5"])
def test_nobody_is_believed_unless_told_to(peer: str) -> None:
    seen = as_forwarded(request(peer, "198.51.100.7", x_forwarded_proto="https", x_forwarded_host="evil"))
    assert address_of(seen) == peer and seen["scheme"] == "http"
    assert Headers(scope=seen).keys() == ["host"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("::1", ["2001:db8::7"], "2001:db8::7"),
        ("::ffff:10.0.0.2", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.2", ["1.2.3.4, 198.51.100.7"], "198.51.100.7"),
        ("10.0.0.2", ["1.2.3.4, 198.51.100.7, 10.0.0.9"], "198.51.100.7"),
        ("10.0.0.2", ["1.2.3.4", "198.51.100.7"], "198.51.100.7"),
        ("10.0.0.2", ["10.0.0.9"], "10.0.0.9"),
        ("10.0.0.2", ["1.2.3.4, junk"], "10.0.0.2"),
        ("10.0.0.2", [""], "10.0.0.2"),
        ("192.168.1.2", ["198.51.100.7"], "192.168.1.2"),
        ("203.0.113.5", ["127.0.0.1"], "203.0.113.5"),
    ],
)
def test_a_trusted_proxy_tells_for_whom_it_asks(
    proxies: None, peer: str, forwarded: list[str], address: str
) -> None:
    assert address_of(as_forwarded(request(peer, *forwarded))) == address


def test_a_trusted_proxy_tells_that_people_came_over_tls(proxies: None) -> None:
    asked = request("127.0.0.1", x_forwarded_proto="https")
    assert as_forwarded(asked)["scheme"] == "https"
    assert as_forwarded({**asked, "scheme": "ws"})["scheme"] == "wss"
    assert as_forwarded(request("203.0.113.5", x_forwarded_proto="https"))["scheme"] == "http"
