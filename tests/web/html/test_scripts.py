"""The scripts that a page is sent with."""

from __future__ import annotations

import json

import pytest

from instagram_clone.web.html.scripts import routes_in, scripts_at

PATHS = (
    "",
    None,
    ":handle",
    ":handle/followers",
    "p/:pid",
    "messages/:cid",
    "messages/requests",
    "login",
    "*",
)
MANIFEST = {
    "routes": {
        str(path): {
            "id": str(path),
            **({} if path is None else {"path": path}),
            "module": f"/{path}.js",
            "imports": ["/all.js"],
        }
        for path in PATHS
    }
}


@pytest.mark.parametrize(
    "path, route",
    [
        ("/ana", ":handle"),
        ("/ana/", ":handle"),
        ("/login", "login"),
        ("/p/123", "p/:pid"),
        ("/ana/followers", ":handle/followers"),
        ("/messages/requests", "messages/requests"),
        ("/messages/123", "messages/:cid"),
    ],
)
def test_a_page_has_the_scripts_of_the_route_it_matches(path: str, route: str) -> None:
    routes = routes_in(f"window.__reactRouterManifest={json.dumps(MANIFEST)};\n")
    assert scripts_at(path, routes) == ["/all.js", f"/{route}.js"]


def test_a_path_without_a_route_has_no_scripts_of_its_own() -> None:
    routes = routes_in(f"window.__reactRouterManifest={json.dumps(MANIFEST)};")
    assert scripts_at("/a/b/c/d", routes) == []
    assert scripts_at("/ana", {}) == []
