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
    configured = dataclasses.replace(config.settings(), trusted_proxies=networks)
    monkeypatch.setattr(client, "settings", lambda: configured)


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "10.1.2.3", "192.168.1.2", "203.0.113.5"])
def test_forwarding_headers_of_untrusted_peers_are_ignored(peer: str) -> None:
    scope = as_forwarded(request(peer, "198.51.100.7", x_forwarded_proto="https", x_forwarded_host="evil"))
    assert address_of(scope) == peer and scope["scheme"] == "http"
    assert Headers(scope=scope).keys() == ["host"]


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
def test_a_trusted_proxy_states_the_clients_address(
    proxies: None, peer: str, forwarded: list[str], address: str
) -> None:
    assert address_of(as_forwarded(request(peer, *forwarded))) == address


def test_a_trusted_proxy_states_that_the_client_used_tls(proxies: None) -> None:
    scope = request("127.0.0.1", x_forwarded_proto="https")
    assert as_forwarded(scope)["scheme"] == "https"
    assert as_forwarded({**scope, "scheme": "ws"})["scheme"] == "wss"
    assert as_forwarded(request("203.0.113.5", x_forwarded_proto="https"))["scheme"] == "http"
