"""The additions to the Vite configuration, applied to the template that Reflex currently ships."""

from __future__ import annotations

import pytest
from reflex_base.compiler.templates import vite_config_template

from instagram_clone.web import build_adapter, vite
from instagram_clone.web.browser.core import assign, name
from tests.web.node_runner import call

TEMPLATE = vite_config_template(
    base="/", hmr=True, force_full_reload=False, experimental_hmr=False, sourcemap=False
)


def test_the_proxy_and_the_headers_are_added_to_reflexs_template() -> None:
    changed = vite._patch_config(TEMPLATE)
    assert '"^/(api|media)/"' in changed and "frame-ancestors 'none'" in changed
    assert changed.count("configureServer") == TEMPLATE.count("configureServer") + 1


def test_shared_packages_are_bundled_into_one_script() -> None:
    assert vite._patch_config(TEMPLATE).count('["name"]: "packages"') == 1
    pattern = vite._packages().test
    paths = [
        "/x/node_modules/react-dom/client.js",
        "/x/node_modules/react-dom-x/client.js",
        "/x/app/react/a.js",
    ]
    assert [call(lambda path: pattern.test(path), path) for path in paths] == [True, False, False]


def test_an_unknown_template_is_rejected() -> None:
    with pytest.raises(RuntimeError, match="layout of vite"):
        vite._patch_config("export default {}")


def test_a_build_connects_to_the_origin_it_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    for prod in (True, False):
        monkeypatch.setattr(build_adapter, "is_production", lambda prod=prod: prod)
        changed = vite._patch_config(TEMPLATE)
        assert ('"find": "$/env.json"' in changed) == prod
    env = call(
        lambda: [assign(name("globalThis"), location={"origin": "https://a.example"}), vite._addresses()]
    )
    assert env["EVENT"] == "wss://a.example/_event" and env["PING"] == "https://a.example/ping"
    assert env["TRANSPORT"] == "websocket"
    # Pages are prerendered before they have an address.
    assert call(lambda: vite._addresses())["EVENT"] == "ws://localhost/_event"
